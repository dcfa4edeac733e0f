import { randomBytes } from 'node:crypto';

const CODE_LIFE_MS = 10 * 60_000;

/** What the user agreed to, and what the app must show to get its tokens. */
export type Consent = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** PKCE: the code is worth nothing without the verifier of this challenge. */
  readonly challenge: string | undefined;
};

type Given = Consent & {
  /** When the user agreed; the life of the refresh token counts from here. */
  readonly agreedAtMs: number;
};

export type Codes = {
  /** A code for what the user agreed to just now, good once and for ten minutes. */
  issue: (consent: Consent) => string;
  /** What stands behind a code, which is used up by asking; undefined where it is used, too old or unknown. */
  take: (code: string) => Given | undefined;
};

export function createCodes(now: () => number): Codes {
  const codes = new Map<string, Given>();
  return {
    issue: (consent) => {
      const code = `AQ${randomBytes(48).toString('base64url')}`;
      codes.set(code, { ...consent, agreedAtMs: now() });
      return code;
    },
    take: (code) => {
      const given = codes.get(code);
      codes.delete(code);
      return given === undefined || now() >= given.agreedAtMs + CODE_LIFE_MS ? undefined : given;
    },
  };
}
