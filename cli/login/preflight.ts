import { readBoundedText } from '../../lib/bounded-body.ts';
import { unregisteredRedirect, wrongClientId } from './login-error.ts';

const PREFLIGHT_TIMEOUT_MS = 3_000;

/**
 * Asks for the address to agree at before a person does, for what Spotify refuses whoever asks. It may say so only to a
 * browser that is logged in, and whatever goes wrong with the question itself says nothing of the answer.
 *
 * @throws LoginError
 */
export async function preflight(url: URL, redirectUri: string): Promise<void> {
  const text = await readRefusal(url);
  if (/invalid redirect uri/i.test(text)) throw unregisteredRedirect(redirectUri);
  if (/invalid client/i.test(text)) throw wrongClientId();
}

async function readRefusal(url: URL): Promise<string> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PREFLIGHT_TIMEOUT_MS),
    });
    if (response.status === 400) return (await readBoundedText(response)) ?? '';
    await response.body?.cancel();
  } catch {
    // Not reached: the browser may be, by another way.
  }
  return '';
}
