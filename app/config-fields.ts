/** Values of variables, as `config.ts` parses them. */
import * as z from 'zod/mini';
import { isLoopbackUrl } from '../lib/loopback-url.ts';

export const required = z.string('is not set').check(z.minLength(1, 'is not set'));

export const wholeNumber = (
  fallback: number,
  [from, to]: readonly [number, number],
): z.ZodMiniType<number> => {
  const message = `must be a whole number from ${from} to ${to}`;
  return z.pipe(
    z._default(z.string().check(z.regex(/^\d{1,6}$/, message)), String(fallback)),
    z.pipe(z.transform(Number), z.number().check(z.gte(from, message), z.lte(to, message))),
  );
};

const RATE = 'must be a number above 0 and up to 1000, such as 1 or 0.5';
export const rate = z.pipe(
  z._default(z.string().check(z.regex(/^\d{1,4}(?:\.\d{1,3})?$/, RATE)), '1'),
  z.pipe(z.transform(Number), z.number().check(z.gt(0, RATE), z.lte(1000, RATE))),
);

export const origin = (fallback: string): z.ZodMiniType<URL> =>
  z.pipe(
    z._default(z.string(), fallback),
    z.transform((value, context) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url !== undefined && isOrigin(url)) return url;
      const message = 'must be an origin such as https://api.spotify.com; http only on loopback';
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    }),
  );

/** Secrets are sent there, so https, or http on this machine only. */
function isOrigin(url: URL): boolean {
  const isPlain = url.href === `${url.origin}/`;
  return isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url)));
}
