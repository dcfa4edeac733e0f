import { hash } from 'node:crypto';

/** 16 characters of SHA-256, 96 bits: enough to tell billions of texts apart. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 16);
}
