/** The address that loads this playlist. */
export function ingestUrl(apiUrl: string, playlistRef: string): string {
  const url = new URL('/ingest', apiUrl);
  url.searchParams.set('playlist_uri', playlistRef);
  return url.href;
}
