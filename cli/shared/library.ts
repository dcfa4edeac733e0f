/** Which library a command works on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryPlace } from '../../app/library.ts';
import { isLoopbackUrl } from '../../lib/loopback-url.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { optionalText } from './command.ts';
import { type Environment, readVariable } from './dynamodb-settings.ts';

export const libraryOption = optionalText(
  '--library <place>',
  'a file, or the address of a libSQL server (default: TURSO_DATABASE_URL, else library.db in the data folder)',
);

/** The copy of a stage is never a person's own library, so no variable names it. */
export const stageLibraryOption = optionalText(
  '--library <place>',
  'a file, or the address of a libSQL server (default: library-<stage>.db in the data folder)',
);

/** What the simulated Spotify answers is kept apart from what is a person's own. */
const FILES = { own: 'library.db', simulated: 'library-simulated.db' } as const;

/** The place on the command line, else in the environment, else a file in the data folder. */
export function findLibrary(given: string | undefined, environment: Environment): LibraryPlace {
  const authToken = readVariable(environment, 'TURSO_AUTH_TOKEN');
  const named = given ?? readVariable(environment, 'TURSO_DATABASE_URL');
  if (named !== undefined) return { place: named, authToken };
  return { place: libraryFile(environment), authToken: undefined };
}

/** The copy of a stage. */
export function findStageLibrary(
  given: string | undefined,
  stage: string,
  environment: Environment,
): LibraryPlace {
  if (given !== undefined) return findLibrary(given, environment);
  return { place: join(dataFolder(environment), `library-${stage}.db`), authToken: undefined };
}

/**
 * The library with the plays of a stage: the place on the command line, else in the environment.
 *
 * @throws UsageError where it is a file that is not there
 */
export function findStagePlays(
  given: string | undefined,
  environment: Environment,
): LibraryPlace | undefined {
  const place = given ?? environment.TURSO_DATABASE_URL;
  return place === undefined || place === '' ? undefined : findFilledLibrary(place, environment);
}

/** The library of this machine. */
export function libraryFile(environment: Environment): string {
  const dataDir = dataFolder(environment);
  const own = join(dataDir, FILES.own);
  return isSimulated(environment, own) ? join(dataDir, FILES.simulated) : own;
}

const dataFolder = (environment: Environment): string =>
  readVariable(environment, 'DATA_DIR') ?? '.local';

/** @throws UsageError where it is a file that is not there yet */
export function findFilledLibrary(
  given: string | undefined,
  environment: Environment,
  fill = 'get --all',
): LibraryPlace {
  return assertFilled(findLibrary(given, environment), fill);
}

/** @throws UsageError where it is a file that is not there */
export function assertFilled(found: LibraryPlace, fill = 'get --all'): LibraryPlace {
  if (found.place.includes('://') || existsSync(found.place)) return found;
  throw new UsageError(
    `There is no library at ${found.place} yet. Fill it: npx spotify-etl ${fill}`,
  );
}

/** Without a Spotify app only `npm start` and the like have filled a library. */
function isSimulated(environment: Environment, own: string): boolean {
  const apiUrl = readVariable(environment, 'SPOTIFY_API_URL');
  if (apiUrl !== undefined) return URL.canParse(apiUrl) && isLoopbackUrl(new URL(apiUrl));
  return readVariable(environment, 'SPOTIFY_CLIENT_ID') === undefined && !existsSync(own);
}
