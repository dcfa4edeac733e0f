/** `spotify-etl login`: lets a Spotify app use an account, and stores the login. */
import { toStageOptions } from './doctor/login-place.ts';
import { logInAtTerminal, printLogin } from './login/at-terminal.ts';
import { describeFailure, LoginError } from './login/login-error.ts';
import { type LoginSettings, loginOptions, toLoginSettings } from './login/settings.ts';
import { defineCommand } from './shared/command.ts';
import { readVariable } from './shared/dynamodb-settings.ts';
import { STOPPED_EXIT } from './shared/exit-codes.ts';
import { abortOnSignal } from './shared/stop-signals.ts';
import { writeError, writeWarning } from './shared/terminal.ts';

export const command = defineCommand({
  name: 'login',
  description:
    'Logs in to Spotify in your browser and keeps the login where the other commands and the deployed functions find it. It lasts six months. No client secret is needed. What an earlier login allows is asked for again.',
  options: loginOptions,
  help: [
    'Examples:',
    '  spotify-etl login                             for this machine, into the data folder',
    '  spotify-etl login --store aws --stage dev     for the functions of that stage, into Secrets Manager',
    '  spotify-etl login --for ingest,sync,listening also to change playlists and read the history',
    '  spotify-etl login --paste                     on a machine without a browser',
    '  spotify-etl login --for listening --with-secret --print | gh secret set SPOTIFY_REFRESH_TOKEN',
    '                                                for GitHub Actions (docs/listening.md)',
    '',
    'Environment:',
    '  SPOTIFY_CLIENT_ID     default of --client-id',
    '  SPOTIFY_CLIENT_SECRET with --with-secret',
    '  DATA_DIR              the data folder (docs/configuration.md)',
    '  SPOTIFY_TOKEN_FILE    the login file itself',
    '',
    'Exit codes: 0 done, 1 failed (an earlier login is kept), 2 wrong usage, 130 stopped.',
  ],
  run: (options) => run(toLoginSettings(options, process.env)),
});

async function run(settings: LoginSettings): Promise<number> {
  const { end, signal } = abortOnSignal(
    () => new LoginError('The login was stopped at the terminal.', 'Nothing was stored.'),
  );
  try {
    if (settings.print) {
      await printLogin(settings, signal);
      return 0;
    }
    const at = settings.store === 'aws' ? ` ${toStageOptions(settings)}` : '';
    const next = `npx spotify-etl doctor${at}`;
    await logInAtTerminal(settings, { environment: process.env, next, stop: signal });
    const otherToken = readVariable(process.env, 'SPOTIFY_REFRESH_TOKEN');
    if (settings.store === 'file' && otherToken !== undefined) writeWarning(OTHER_TOKEN);
    return 0;
  } catch (error) {
    writeError(describeFailure(error).join('\n  '));
    return signal.aborted ? STOPPED_EXIT : 1;
  } finally {
    end();
  }
}

const OTHER_TOKEN =
  'SPOTIFY_REFRESH_TOKEN is set, and used instead of this login. Remove it from .env.';
