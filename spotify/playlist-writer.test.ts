import { closeScriptedServers, inTurn, type Script } from '../test/support/scripted-server.ts';
import { startScriptedSpotify } from '../test/support/scripted-spotify.ts';
import { createPlaylistWriter } from './playlist-writer.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';

afterEach(closeScriptedServers);

async function setUp(script: Script) {
  const { api, run } = await startScriptedSpotify(script, { hasLogin: true });
  const warnings: string[] = [];
  return { api, warnings, writer: createPlaylistWriter(run, (warning) => warnings.push(warning)) };
}

const refusal = (status: number, message: string): { status: number; body: object } => ({
  status,
  body: { error: { status, message } },
});

describe('a write', () => {
  test.each([
    ['201', { status: 201, body: { snapshot_id: 's' } }, 'done'],
    ['200 without a body', { status: 200, body: '' }, 'done'],
    ['400', refusal(400, 'Payload contains a non-existing ID'), 'refused'],
    ['502', refusal(502, 'Bad gateway.'), 'unknown'],
    ['a web page', { status: 200, body: '<html></html>' }, 'unknown'],
  ] as const)('that answers %s is %s', async (...[, answer, result]) => {
    const { api, writer } = await setUp(() => answer);
    expect(await writer.write(ID, { kind: 'add', uris: ['u'], position: 0 })).toMatchObject({
      answer: result,
    });
    // Nothing is repeated that may have been done.
    expect(api.requests).toHaveLength(1);
  });

  test('is repeated after a short 429, which says that it was not done', async () => {
    const limited = { status: 429, body: 'Too many requests', headers: { 'retry-after': '1' } };
    const { api, writer } = await setUp(inTurn(limited, { status: 201, body: {} }));
    expect(await writer.write(ID, { kind: 'remove', uris: ['u'] })).toMatchObject({
      answer: 'done',
    });
    expect(api.requests).toHaveLength(2);
  });

  test.each([
    [refusal(403, 'Insufficient client scope'), 'SCOPE_MISSING'],
    [refusal(403, "You cannot add tracks to a playlist you don't own."), 'TARGET_NOT_WRITABLE'],
    [refusal(404, 'Not found.'), 'PLAYLIST_NOT_FOUND'],
  ])('refused with %j is %s', async (answer, code) => {
    const { writer } = await setUp(() => answer);
    await expect(writer.write(ID, { kind: 'replace', uris: [] })).rejects.toMatchObject({ code });
  });
});

test('a list that came out public is hidden, or said to be public', async () => {
  const created = { status: 201, body: { id: ID, public: true } };
  const { warnings, writer } = await setUp(inTurn(created, { status: 200, body: {} }));
  expect(await writer.create({ name: 'New', description: 'd' })).toBe(ID);
  expect(warnings).toEqual([]);
  const other = await setUp(inTurn(created, refusal(502, 'Bad gateway.')));
  expect(await other.writer.create({ name: 'New', description: 'd' })).toBe(ID);
  expect(other.warnings).toEqual(['Spotify made the new list New public. Hide it there.']);
});
