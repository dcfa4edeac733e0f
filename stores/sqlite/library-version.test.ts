import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { playsOf, pollOf } from '../../test/support/plays.ts';
import type { Library } from './library.ts';
import { LibraryPlays } from './library-plays.ts';
import { readLibraryVersion } from './library-version.ts';

describe.each(LIBRARIES)('the version of a library in %s', (_, start) => {
  let at: TestLibrary;
  let library: Library;
  beforeAll(async () => {
    at = await start();
    library = at.open();
  });
  afterAll(() => at.close());

  test.each<[string, () => Promise<unknown>]>([
    ['a poll with plays', () => new LibraryPlays(library, {}).putPoll(pollOf(playsOf(1, 3)))],
    [
      'a poll without a new one',
      () => new LibraryPlays(library, {}).putPoll(pollOf(playsOf(1, 3))),
    ],
    [
      'a song that is left out',
      () => at.query("INSERT INTO left_out VALUES ('spotify:track:1', NULL, 5)"),
    ],
    ['calls that are counted', () => at.query("INSERT INTO state VALUES ('quota', 1, '{}')")],
    ['an artist that is listed', () => at.query(LIST_ARTIST)],
  ])('changes with %s, and stays until then', async (_name, change) => {
    const before = await readLibraryVersion(library);
    expect(await readLibraryVersion(library)).toBe(before);
    await change();
    expect(await readLibraryVersion(library)).not.toBe(before);
  });
});

const LIST_ARTIST =
  "INSERT INTO artist_listing SELECT artist_id, 'US', '[]', '2026-11-26', '2026-11-26' FROM artist LIMIT 1";
