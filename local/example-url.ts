import { ingestUrl } from './ingest-url.ts';
import type { LocalStack } from './stack.ts';

/** An address that answers when it is typed as it stands: the given playlist, one that the simulated Spotify has, or the list. */
export function exampleUrl({ apiUrl, simulator }: LocalStack, playlistRef?: string): string {
  const example =
    playlistRef ?? simulator?.recordedPlaylistIds()[0] ?? simulator?.catalogue.showcase[0];
  return example === undefined ? `${apiUrl}/playlists` : ingestUrl(apiUrl, example);
}
