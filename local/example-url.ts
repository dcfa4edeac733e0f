import { ingestUrl } from './ingest-url.ts';
import type { LocalStack } from './stack.ts';

/** An address to try: of the given playlist, of a simulated one, or of the list. */
export function exampleUrl({ apiUrl, simulator }: LocalStack, playlistRef?: string): string {
  const example =
    playlistRef ?? simulator?.recordedPlaylistIds()[0] ?? simulator?.catalogue.showcase[0];
  return example === undefined ? `${apiUrl}/playlists` : ingestUrl(apiUrl, example);
}
