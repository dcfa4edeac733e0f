import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { playAt, pollOf, trackOf } from '../../test/support/plays.ts';
import { START_MS } from '../../test/support/virtual-clock.ts';
import { findLeftOut, findPlayed, leaveOut, takeBack } from './left-out.ts';
import { LibraryPlays } from './library-plays.ts';
import { listPlays, listTop, type Period, type PlayKey } from './play-statistics.ts';

const ALWAYS: Period = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

/** Songs 1 to 9 of artists 1, 2, 3 and 0; a song has so many plays as its number, and song 9 is another edition of song 1. */
const PLAYS = Array.from({ length: 9 }, (_, at) => at + 1).flatMap((song) =>
  Array.from({ length: song }, (_, time) =>
    playAt(
      song * 100 + time,
      trackOf(song, {
        duration_ms: (10 - song) * 60_000,
        ...(song === 9 && { external_ids: { isrc: 'ZZ1' } }),
      }),
    ),
  ),
);

describe.each(LIBRARIES)('statistics of the plays in a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
    await new LibraryPlays(world.open(), {}).putPoll(pollOf(PLAYS));
  });
  afterAll(() => world.close());

  const top = (of: PlayKey, by: 'plays' | 'minutes' = 'plays', period = ALWAYS) =>
    listTop(world.open(), { of, by, limit: 3, ...period });

  it('count one recording as one song, under the first of its names', async () => {
    expect(await top('songs')).toEqual([
      { name: 'Song 1', artist: 'Artist 1', plays: 10, minutes: 18 },
      { name: 'Song 8', artist: 'Artist 0', plays: 8, minutes: 16 },
      { name: 'Song 7', artist: 'Artist 3', plays: 7, minutes: 21 },
    ]);
  });

  it('take what a poll does not tell for the whole song, and else what was heard', async () => {
    expect(await top('songs', 'minutes')).toEqual([
      { name: 'Song 5', artist: 'Artist 1', plays: 5, minutes: 25 },
      { name: 'Song 6', artist: 'Artist 2', plays: 6, minutes: 24 },
      { name: 'Song 4', artist: 'Artist 0', plays: 4, minutes: 24 },
    ]);

    await world.query('UPDATE play SET ms_played = 600000 WHERE item_id = 2');
    expect((await top('songs', 'minutes'))[2]).toMatchObject({ name: 'Song 4' });
    expect((await top('artists', 'minutes')).find(({ name }) => name === 'Artist 2')).toMatchObject(
      { minutes: 24 + 20 },
    );
    await world.query('UPDATE play SET ms_played = NULL');
  });

  it('go by main artists, and by albums as they were played', async () => {
    expect(await top('artists')).toEqual([
      { name: 'Artist 1', artist: 'Artist 1', plays: 15, minutes: 43 },
      { name: 'Artist 0', artist: 'Artist 0', plays: 12, minutes: 40 },
      { name: 'Artist 3', artist: 'Artist 3', plays: 10, minutes: 42 },
    ]);
    expect((await top('albums')).map(({ name, plays }) => [name, plays])).toEqual([
      ['Album 9', 9],
      ['Album 8', 8],
      ['Album 7', 7],
    ]);
  });

  it('are of a period from its first millisecond on and before its last', async () => {
    const at = (minutes: number): number => START_MS + minutes * 60_000;
    const period = { sinceMs: at(501), untilMs: at(602) };

    expect(await top('songs', 'plays', period)).toMatchObject([
      { name: 'Song 5', plays: 4 },
      { name: 'Song 6', plays: 2 },
    ]);
    const listed = await listPlays(world.open(), { ...period, limit: 2 });
    expect(listed).toEqual(
      [601, 600].map((minutes) => ({
        ended_at: new Date(at(minutes)).toISOString(),
        name: 'Song 6',
        artist: 'Artist 2',
        album: 'Album 6',
        uri: 'spotify:track:track-6',
        ms_played: null,
      })),
    );
  });

  it.each([
    ['a song by another of its URIs', 'spotify:track:track-9', 'Song 1 – Artist 1', 'songs'],
    ['a song by name', 'sOng 1', 'Song 1 – Artist 1', 'songs'],
    ['an artist by URI', 'spotify:artist:artist-1', 'Artist 1', 'artists'],
    ['an artist by name', 'artist 1', 'Artist 1', 'artists'],
  ] as const)('leave out %s, until it is taken back', async (...[, wanted, label, of]) => {
    const before = await top(of);
    const [found] = await findPlayed(world.open(), wanted);
    if (found === undefined) throw new Error('nothing found');
    expect(found.label).toBe(label);

    await leaveOut(world.open(), found, START_MS);
    await leaveOut(world.open(), found, START_MS);
    expect((await top(of)).map(({ name }) => name)).not.toContain(before[0]?.name);
    const listen = await world.query(
      "SELECT count(*) AS n FROM listen WHERE name = 'Song 1' OR name = 'Song 5'",
    );
    expect(listen).toEqual([{ n: of === 'songs' ? 5 : 0 }]);
    expect(await listPlays(world.open(), { ...ALWAYS, limit: 100 })).toHaveLength(45);
    expect(await findLeftOut(world.open())).toEqual([found]);

    const [kept] = await findLeftOut(world.open(), label.split(' – ')[0]);
    await takeBack(world.open(), kept ?? found);
    expect(await top(of)).toEqual(before);
  });
});
