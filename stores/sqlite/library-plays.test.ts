import { createServer, request } from 'node:http';
import fc from 'fast-check';
import type { Poll } from '../../etl/load/sinks.ts';
import { serveOnLoopback } from '../../lib/loopback-server.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { ACCOUNT, playAt, playsOf, pollOf, trackOf } from '../../test/support/plays.ts';
import { hasSqld, startSqld } from '../../test/support/sqld.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { Library } from './library.ts';
import { LibraryPlays } from './library-plays.ts';
import { openDatabase } from './open-database.ts';

const at = (minutes: number): number => START_MS + minutes * 60_000;

describe.each(LIBRARIES)('the plays in a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  const open = (): LibraryPlays => new LibraryPlays(world.open(), {});
  const put = (poll: Poll) => open().putPoll(poll);
  const countOf = async (table: string): Promise<number> =>
    Number((await world.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
  const gaps = () => world.query('SELECT after, before, cause, closed_by FROM gap');

  it('are stored with all that they refer to, and the same page again adds nothing', async () => {
    const poll = pollOf(playsOf(1, 50));

    expect(await open().previewPoll(poll)).toMatchObject({ fresh: 50, gaps: 0, forgotten: 0 });
    expect(await put(poll)).toMatchObject({ fresh: 50, gaps: 0, forgotten: 0 });
    const stored = await world.query('SELECT * FROM listen');
    expect(await put({ ...poll, askedAtMs: at(60) })).toMatchObject({
      fresh: 0,
      gaps: 0,
      forgotten: 0,
    });

    expect(await world.query('SELECT * FROM listen')).toEqual(stored);
    expect(stored).toHaveLength(50);
    expect(stored[0]).toEqual({
      play_id: 1,
      ended_at: new Date(at(1)).toISOString(),
      ms_played: null,
      counted: 1,
      uri: 'spotify:track:track-1',
      kind: 'track',
      name: 'Song 1',
      artist: 'Artist 1',
      album: 'Album 1',
    });
    const [track] = await world.query("SELECT * FROM track WHERE track_id = 'track-1'");
    expect(track).toMatchObject({ track_duration: 180_000, track_album: 'album-1' });
    expect([await countOf('artist'), await countOf('poll'), await countOf('gap')]).toEqual([
      4, 2, 0,
    ]);
  });

  it('are stored once by four polls of one page at the same moment, with one gap', async () => {
    await put(pollOf(playsOf(1, 50)));
    const poll = pollOf(playsOf(52, 101));

    const outcomes = await Promise.all([poll, poll, poll, poll].map(put));

    expect(outcomes.map(({ fresh }) => fresh).sort()).toEqual([0, 0, 0, 50]);
    expect(outcomes.map((outcome) => outcome.gaps).sort()).toEqual([0, 0, 0, 1]);
    expect(await gaps()).toEqual([
      { after: at(50), before: at(52), cause: 'missed', closed_by: null },
    ]);
    expect(await countOf('play')).toBe(100);
  });

  it.each([
    ['one play is known', playsOf(50, 99), {}, undefined],
    ['fifty plays are new, within the safe time', playsOf(51, 100), { minutes: 60 }, 'window'],
    ['fifty plays are new, after it', playsOf(51, 100), { minutes: 101 }, 'missed'],
    ['forty-nine are new', playsOf(51, 99), {}, undefined],
    ['none is listed', [], { minutes: 2_000 }, undefined],
  ])('have a gap only where a full page is new: %s', async (...[, plays, more, cause]) => {
    await put(pollOf(playsOf(1, 50), { minutes: 50 }));

    const poll = pollOf(plays, more);
    const expected = { fresh: plays.filter(({ endedAtMs }) => endedAtMs > at(50)).length };
    expect(await open().previewPoll(poll)).toMatchObject(expected);
    expect(await put(poll)).toMatchObject(expected);

    expect((await gaps()).map((gap) => gap.cause)).toEqual(cause === undefined ? [] : [cause]);
  });

  it('have no gap where plays were taken out of the library, and the page goes on from them', async () => {
    await put(pollOf(playsOf(1, 50)));
    await world.query('DELETE FROM play');

    expect(await put(pollOf(playsOf(10, 59)))).toMatchObject({ fresh: 50, gaps: 0, forgotten: 0 });
  });

  it('keep their order and number whatever comes late and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 50 }), {
          maxLength: 5,
        }),
        async (pages) => {
          await world.empty();
          await put(pollOf([]));
          for (const page of pages) await put(pollOf(page.map((minutes) => playAt(minutes))));

          const stored = await world.query('SELECT ended_at FROM play ORDER BY ended_at');
          const all = [...new Set(pages.flat())].sort((one, other) => one - other).map(at);
          expect(stored.map(({ ended_at }) => ended_at)).toEqual(all);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('of one recording under two URIs count under the first, also where its code came later', async () => {
    const isrc = { external_ids: { isrc: 'ZZSAME' } };
    await put(pollOf([playAt(1, trackOf(1, isrc)), playAt(2, trackOf(2, { external_ids: null }))]));
    await put(pollOf([playAt(3, trackOf(3, isrc)), playAt(4, trackOf(2, isrc))]));

    const uris = await world.query('SELECT uri FROM listen ORDER BY play_id');
    expect(uris.map(({ uri }) => uri)).toEqual(Array(4).fill('spotify:track:track-1'));
  });

  it('of a song whose code changes count under the first of its new code', async () => {
    const coded = (index: number, isrc: string) => trackOf(index, { external_ids: { isrc } });
    await put(pollOf([playAt(1, coded(1, 'X')), playAt(2, coded(2, 'X'))]));
    await put(pollOf([playAt(3, coded(3, 'Y')), playAt(4, coded(1, 'Y'))]));
    await put(pollOf([playAt(5, coded(2, 'Y'))]));
    await put(pollOf([playAt(6, coded(2, 'Z'))]));

    const links = await world.query('SELECT uri, same_as FROM item ORDER BY item_id');
    expect(links).toEqual([
      { uri: 'spotify:track:track-1', same_as: null },
      { uri: 'spotify:track:track-2', same_as: null },
      { uri: 'spotify:track:track-3', same_as: 1 },
    ]);
  });

  it('go by the newest names of their songs, artists and albums', async () => {
    const names = () => world.query('SELECT DISTINCT name, artist, album FROM listen');
    const renamed = (name: string) =>
      trackOf(1, {
        name,
        album: { id: 'album-1', name: `Album of ${name}` },
        artists: [{ id: 'artist-1', name: `Artist of ${name}` }],
      });
    await put(pollOf([playAt(1)]));
    await put(pollOf([playAt(2, renamed('x'))]));
    expect(await names()).toEqual([{ name: 'x', artist: 'Artist of x', album: 'Album of x' }]);

    // Spotify empties the names of a song that was withdrawn.
    await put(pollOf([playAt(3, { id: 'track-1', artists: null, album: null, name: null })]));
    expect(await names()).toEqual([{ name: 'x', artist: 'Artist of x', album: 'Album of x' }]);
  });

  it('of another account are refused, and nothing is written', async () => {
    await put(pollOf(playsOf(1, 2)));

    await expect(put(pollOf(playsOf(3, 4), { accountId: 'eve' }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`belongs to the Spotify account ${ACCOUNT}`),
    });
    expect([await countOf('play'), await countOf('track'), await countOf('poll')]).toEqual([
      2, 2, 1,
    ]);
  });

  it('end unusually long ago where nothing came for three days and three of the longest pauses', async () => {
    const days = (many: number): number => many * 1_440;
    await put(pollOf([playAt(0, trackOf(1)), playAt(days(2), trackOf(1))]));
    const quiet = (many: number) => put({ ...pollOf([]), askedAtMs: at(days(many)) });

    expect(await quiet(7)).not.toHaveProperty('quietSinceMs');
    expect(await quiet(9)).toMatchObject({ quietSinceMs: at(days(2)) });
    // The pause is older than 90 days.
    await put(pollOf(playsOf(days(100), days(100) + 1)));
    expect(await quiet(102)).not.toHaveProperty('quietSinceMs');
    expect(await quiet(104)).toMatchObject({ quietSinceMs: at(days(100) + 1) });
  });

  it('are known after a pause of a year: the poll that saw the newest is kept', async () => {
    await put(pollOf(playsOf(1, 50)));
    const year = 365 * 1_440;
    await put({ ...pollOf([]), askedAtMs: at(year) });

    expect(await countOf('poll')).toBe(2);
    expect(await put(pollOf(playsOf(year, year + 49)))).toMatchObject({ gaps: 1 });
    expect(await world.query('SELECT newest FROM poll')).toEqual([
      { newest: null },
      { newest: at(year + 49) },
    ]);
  });
});

(hasSqld ? it : it.skip)(
  'a poll is one request to a server (skipped where there is no sqld)',
  async () => {
    const sqld = await startSqld();
    const bodies: string[] = [];
    const proxy = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on('end', () => {
        bodies.push(body);
        const { headers, method, url = '' } = incoming;
        const onward = request(new URL(url, sqld.url), { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        onward.end(body);
      });
    });
    const { close, url } = await serveOnLoopback(proxy, { port: 0 });
    const database = openDatabase(url);
    const plays = new LibraryPlays(new Library(database, createVirtualClock()), {});
    await plays.putPoll(pollOf(playsOf(1, 50)));
    await database.close();
    await plays.putPoll(pollOf([]));
    bodies.length = 0;

    // The server has ended the connection of the poll before.
    jest.spyOn(systemClock, 'now').mockReturnValue(Date.now() + 20 * 60_000);
    expect(await plays.putPoll(pollOf(playsOf(51, 100)))).toMatchObject({
      fresh: 50,
      gaps: 1,
      forgotten: 0,
    });

    await database.close();
    jest.restoreAllMocks();
    const [polled, closed, ...others] = bodies;
    expect(polled).toContain('INSERT INTO play');
    expect(closed).toContain('"close"');
    expect(others).toEqual([]);
    await close();
    await sqld.close();
  },
);
