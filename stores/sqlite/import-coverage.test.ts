import type { ExportSource } from '../../etl/extract/sources.ts';
import { importPlays } from '../../etl/pipelines/plays-import.ts';
import { accountRow, exportsOf, extendedRow } from '../../test/support/exports.ts';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { playAt, pollOf, trackOf } from '../../test/support/plays.ts';
import { START_MS } from '../../test/support/virtual-clock.ts';
import { LibraryImports } from './library-imports.ts';
import { LibraryPlays } from './library-plays.ts';
import { listPlays } from './play-statistics.ts';

const at = (minutes: number): number => START_MS + minutes * 60_000;
const ALL = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 100 };

describe.each(LIBRARIES)('imports into a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  const run = (source: ExportSource, minutes = 10_000) =>
    importPlays(
      { source, sink: new LibraryImports(world.open()) },
      { withPrivate: false, withCountry: false, nowMs: at(minutes) },
    );

  it('join a polled play with one row of account data, however often they are compared', async () => {
    await new LibraryPlays(world.open(), {}).putPoll(pollOf([playAt(1, trackOf(5))]));
    const twice = [accountRow(at(1), 5), accountRow(at(1), 5, { msPlayed: 41_000 })];
    const early = {
      name: 'StreamingHistory_music_0.json',
      format: 'account',
      rows: twice,
    } as const;

    expect(await run(exportsOf(early))).toMatchObject({ new: 2 });
    const later = { ...early, rows: [...twice, accountRow(at(9), 6)] };
    expect(await run(exportsOf(later), 10_001)).toMatchObject({ new: 1, known: 2 });

    expect(await world.query('SELECT count(account_key) AS known FROM play')).toEqual([
      { known: 3 },
    ]);
  });

  it.each([
    ['its rows span', ['Streaming_History_Audio_2018-2026_0.json'], 1],
    ['a video file spans', ['Streaming_History_Video_2018-2026.json'], 0],
    ['a file that was not there spans', ['endsong_0.json', 'endsong_2.json'], 0],
  ])(
    'close the gaps of the time that %s, and drop account data there',
    async (_what, names, closed) => {
      const days = (many: number): number => at(many * 1440);
      const [early, late] = [extendedRow(days(-90), 1), extendedRow(days(90), 2)];
      const files = names.map((name, index) => ({
        name,
        rows: names.length === 1 ? [early, late] : [index === 0 ? early : late],
      }));
      const account = { name: 'StreamingHistory_music_0.json', format: 'account' } as const;
      await run(exportsOf({ ...account, rows: [accountRow(days(1), 5)] }), 1_000_000);
      await world.query(
        `INSERT INTO gap (after, before, cause, found_at) VALUES (${days(-1)}, ${days(2)}, 'window', 1)`,
      );

      const { gapsClosed } = await run(exportsOf(...files), 1_000_001);

      const kept = await world.query('SELECT count(account_key) AS n FROM play');
      expect({ gapsClosed, kept }).toEqual({ gapsClosed: closed, kept: [{ n: 1 - closed }] });
      const again = await run(exportsOf({ ...account, rows: [accountRow(days(1), 6)] }), 1_000_002);
      expect(again.new).toBe(1 - closed);
    },
  );

  it('close a gap that two imports cover together', async () => {
    const parts = [
      [extendedRow(at(0), 1), extendedRow(at(100), 2)],
      [extendedRow(at(110), 3), extendedRow(at(200), 4)],
    ];
    await world.open().run([]);
    await world.query(
      `INSERT INTO gap (after, before, cause, found_at) VALUES (${at(90)}, ${at(120)}, 'window', 1)`,
    );
    const closed = [];
    for (const [index, rows] of parts.entries()) {
      const { gapsClosed } = await run(
        exportsOf({ name: `endsong_${index}.json`, rows }),
        10_000 + index,
      );
      closed.push(gapsClosed);
    }
    expect(closed).toEqual([0, 1]);
  });

  it('store text of every kind, and refuse lengths that no play has', async () => {
    const odd = [
      { master_metadata_track_name: "x'); DROP TABLE play;--" },
      { master_metadata_track_name: 'half \uD83C' },
      { spotify_track_uri: 'spotify:track:\uD83C', reason_start: '\uDF38' },
      { ms_played: 1e300 },
      { ms_played: 1e17 },
    ];
    const rows = odd.map((more, index) => extendedRow(at(index), index, more));

    expect(await run(exportsOf({ name: 'endsong_0.json', rows }))).toMatchObject({
      new: 3,
      refused: 2,
    });

    const names = (await listPlays(world.open(), ALL)).map(({ name }) => name);
    expect(names).toEqual(['Song 2', 'half \uFFFD', "x'); DROP TABLE play;--"]);
  });
});
