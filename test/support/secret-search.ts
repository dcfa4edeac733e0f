/** Finds secrets in what a program has written: whole or in part, as they are or encoded. */

export type Written = { readonly where: string; readonly text: string };

export type Leak = {
  readonly where: string;
  /** What kind of secret, never the secret itself. */
  readonly secret: string;
  readonly form: string;
};

/** Secrets by what they are; of a kind there may be many. */
export type Secrets = ReadonlyMap<string, ReadonlySet<string>>;

/** A part as long as this is no accident. Parts at every multiple are looked for, so any run of twice as many is found. */
const PART_LENGTH = 12;

type Needle = { readonly secret: string; readonly form: string; readonly text: string };

/** Where any of these secrets stands, in any form; of the same in the same place one. */
export function findLeaks(written: readonly Written[], secrets: Secrets): Leak[] {
  const needles = [...secrets].flatMap(([secret, values]) =>
    [...values].flatMap((value) => toNeedles(secret, value)),
  );
  const leaks = written.flatMap(({ where, text }) =>
    needles
      .filter((needle) => text.includes(needle.text))
      .map(({ secret, form }) => ({ where, secret, form })),
  );
  return [...new Map(leaks.map((leak) => [JSON.stringify(leak), leak])).values()];
}

function toNeedles(secret: string, value: string): Needle[] {
  const forms: [string, string][] = [
    ['as it is', value],
    ['URL-encoded', encodeURIComponent(value)],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['hex', Buffer.from(value).toString('hex')],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const text = toBase64At(value, offset);
      return [
        [`base64 at ${offset}`, text],
        [`base64url at ${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')],
      ];
    }),
  ];
  return forms.flatMap(([form, text]) =>
    toParts(text).map((part) => ({ secret, form, text: part })),
  );
}

/** What base64 makes of it after so many other bytes, less what depends on its neighbours. */
function toBase64At(value: string, offset: number): string {
  const text = Buffer.from(`${'x'.repeat(offset)}${value}`).toString('base64');
  return text.replace(/=+$/, '').slice(offset === 0 ? 0 : 4, -3);
}

function toParts(text: string): string[] {
  if (text.length <= PART_LENGTH) return [text];
  const count = Math.floor(text.length / PART_LENGTH);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * PART_LENGTH, (index + 1) * PART_LENGTH),
  );
}
