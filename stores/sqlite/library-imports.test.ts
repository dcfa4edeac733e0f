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
