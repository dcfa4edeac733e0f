/** The largest body that is read, after unpacking. Spotify's largest page has less than 1 MB, and parsed JSON can take 25 times its text. */
export const MAX_BODY_MB = 4;

const MAX_BODY_BYTES = MAX_BODY_MB * 1024 * 1024;

/** The body as text. Undefined if it has more than `maxBytes`: the rest is not read, and its connection is closed. */
export async function readBoundedText(
  response: Response,
  maxBytes = MAX_BODY_BYTES,
): Promise<string | undefined> {
  const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body, and that closes the connection.
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
