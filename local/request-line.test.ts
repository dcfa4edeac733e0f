import { requestLine } from './request-line.ts';

const TIME = new Date(2026, 10, 29, 22, 52, 1);
const ANSWERED = { method: 'GET', status: 200, code: 'loaded', durationMs: 1_234 };

it.each([
  ['/ingest?playlist_uri=spotify%3Aplaylist%3Aabc', '/ingest?playlist_uri=spotify:playlist:abc'],
  ['/ingest?playlist_uri=%', '/ingest?playlist_uri=%'],
  ['/%1B%5B31m%0D%0A%E2%80%AEx', '/ x'],
])('%s is shown as it reads', (path, shown) => {
  expect(requestLine({ ...ANSWERED, path }, TIME)).toBe(`22:52:01 GET ${shown} 200 loaded 1.2 s`);
});

it('an answer without a code has none', () => {
  const answered = { ...ANSWERED, path: '/playlists', code: '' };

  expect(requestLine(answered, TIME)).toBe('22:52:01 GET /playlists 200 1.2 s');
});
