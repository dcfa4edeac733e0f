import { type LibraryApp, openLibraryApp } from '../../app/library-app.ts';
import { EtlError } from '../../etl/errors.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { describeFailure } from '../login/login-error.ts';
import type { Environment } from './dynamodb-settings.ts';
import { LATER_EXIT, STOPPED_EXIT } from './exit-codes.ts';
import { findLibrary } from './library.ts';
import { openSpotifySettings } from './spotify-settings.ts';
import { abortOnSignal } from './stop-signals.ts';
import { writeError } from './terminal.ts';

type Needs = Pick<Parameters<typeof openSpotifySettings>[1], 'needsLogin' | 'features'> & {
  readonly environment: Environment;
};

type Given = {
  readonly library: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
};

/**
 * Runs `work` with Spotify and the library that are named, and closes the library. Returns the exit code of `work`, or that of
 * its failure, which is printed. `signal` is given when the person stops the command.
 *
 * @throws UsageError
 */
export async function withLibraryApp(
  { json, library, quiet }: Given,
  { environment, ...needs }: Needs,
  work: (app: LibraryApp, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { end, signal } = abortOnSignal();
  let app: LibraryApp | undefined;
  try {
    const isAttended = !json && !quiet;
    const spotify = await openSpotifySettings(environment, { ...needs, isAttended, stop: signal });
    app = await openLibraryApp(spotify, findLibrary(library, environment));
    return await work(app, signal);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    writeError(describeFailure(error).join('\n  '));
    if (signal.aborted) return STOPPED_EXIT;
    return error instanceof EtlError && error.isRetryable ? LATER_EXIT : 1;
  } finally {
    await app?.close();
    end();
  }
}
