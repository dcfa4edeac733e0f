import fc from 'fast-check';
import { parseList, planListCalls } from './listed-playlists.ts';
import { type Answer, toOutcome } from './outcome.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const ID = '3cEYpjA9oz9GiPac4AsH4n';
const OTHER = '37i9dQZEVXcfHOlIIFYQsj';

const respond = (status: number, body: unknown, headers = {}): Answer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const listed = (fields = {}): Answer =>
  respond(200, {
    run_id: 'run-1',
    playlists: [
      {
        playlist_id: ID,
        playlist_name: 'Road Trip',
        state: 'unchanged',
        items: 57,
        extracted_at: '2026-11-19T00:00:00.000Z',
        ...fields,
      },
    ],
  });

const find = (answer: Answer, uri: string): unknown => {
  const list = parseList(answer, NOW);
  expect(list).not.toHaveProperty('fault');
  return list.find(uri);
};

test('the list is worth a tenth of the calls it may save, and nothing below three', () => {
  fc.assert(
    fc.property(fc.nat(200_000), (requests) => {
      const calls = planListCalls(requests);
      expect(calls === undefined).toBe(requests < 3);
      if (calls === undefined) return;
      expect(calls).toBe(Math.min(300, Math.ceil(requests / 10)));
      expect(calls).toBeLessThan(requests);
    }),
  );
});

test.each([ID, `spotify:playlist:${ID}`, `https://open.spotify.com/playlist/${ID}?si=x`])(
  'an unchanged playlist is recorded as an answer of its own would be: %s',
  (uri) => {
    expect(find(listed(), uri)).toEqual({
      verdict: 'done',
      isListed: true,
      isTransient: false,
      isShared: false,
      response: {
        status: 200,
        code: 'unchanged',
        message:
          'Road Trip: unchanged since 2026-11-19T00:00:00.000Z; nothing written. Seen in the list of playlists, without a separate call.',
        run_id: 'run-1',
        counts: { items: 57 },
        time: '2026-11-20T12:00:00.000Z',
      },
    });
  },
);

test('a name with line breaks, or none, makes one line', () => {
  const lineOf = (playlist_name: string): unknown => find(listed({ playlist_name }), ID);

  expect(lineOf('a\r\nb')).toMatchObject({
    response: { message: expect.stringMatching(/^a b: unchanged/) as string },
  });
  expect(lineOf(' ')).toMatchObject({
    response: { message: expect.stringMatching(/^Unnamed playlist: unchanged/) as string },
  });
});

test.each(['new', 'changed', 'unknown', 'something'])('a %s playlist is asked for', (state) => {
  expect(find(listed({ state }), ID)).toBeUndefined();
});

test('a playlist that is not listed, and what is none, are asked for', () => {
  expect(find(listed(), OTHER)).toBeUndefined();
  expect(find(listed(), 'nonsense')).toBeUndefined();
});

test.each<[string, Answer]>([
  ['an older deployment', respond(403, { message: 'Missing Authentication Token' })],
  ['an empty answer', respond(200, '')],
  ['no JSON', respond(200, '<html>')],
  ['another shape', respond(200, { playlists: [{ playlist_id: 1 }] })],
  ['a list with another status', { ...listed(), status: 202 }],
  ['no answer', { status: null, headers: {}, body: '{"code":"TIMEOUT","message":"x"}' }],
])('%s is no list', (_case, answer) => {
  const list = parseList(answer, NOW);
  expect(list).toMatchObject({ fault: toOutcome(answer, NOW), warnings: [] });
  expect(list.find(ID)).toBeUndefined();
});
