/** `spotify-etl login`: lets a Spotify app use an account, and stores the login. */
import { toStageOptions } from './doctor/login-place.ts';
import { type CallbackSource, startCallbackServer } from './login/callback-server.ts';
import { describeFailure, LoginError } from './login/login-error.ts';
import { createPasteSource } from './login/pasted-address.ts';
import { authorizationLines, loggedInLines } from './login/report.ts';
import { login } from './login/run-login.ts';
import { type LoginSettings, loginOptions, toLoginSettings } from './login/settings.ts';
import { openTokenStore } from './login/stores.ts';
import { defineCommand } from './shared/command.ts';
import { readVariable } from './shared/dynamodb-settings.ts';
import { abortOnSignal, STOPPED_EXIT } from './shared/stop-signals.ts';
import { writeError, writeWarning } from './shared/terminal.ts';

export const command = defineCommand({
  name: 'login',
  description:
    'Logs in to Spotify in your browser and keeps the login where the other commands and the deployed functions find it. It lasts six months. No client secret is needed.',
  options: loginOptions,
  help: [
    'Examples:',
    '  spotify-etl login                             for this machine, into the data folder',
    '  spotify-etl login --store aws --stage dev     for the functions of that stage, into Secrets Manager',
    '  spotify-etl login --for ingest,sync,listening also to change playlists and read the history',
    '  spotify-etl login --paste                     on a machine without a browser',
    '',
    'Environment:',
    '  SPOTIFY_CLIENT_ID     default of --client-id',
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
  let source: CallbackSource | undefined;
  try {
    const { place, store } = await openTokenStore(settings, process.env);
    const { paste, port } = settings;
    source = paste ? createPasteSource(process.stdin, port) : await startCallbackServer(port);
    const loggedIn = await login(settings, {
      store,
      source,
      openAuthorizationPage: (...at) => openAuthorizationPage(settings, ...at),
      stop: signal,
    });
    const at = settings.store === 'aws' ? ` ${toStageOptions(settings)}` : '';
    const next = `npx spotify-etl doctor${at}`;
    show(loggedInLines(loggedIn, { next, place }, settings.scopes));
    const otherToken = readVariable(process.env, 'SPOTIFY_REFRESH_TOKEN');
    if (settings.store === 'file' && otherToken !== undefined) writeWarning(OTHER_TOKEN);
    return 0;
  } catch (error) {
    writeError(describeFailure(error).join('\n  '));
    return signal.aborted ? STOPPED_EXIT : 1;
  } finally {
    source?.close();
    end();
  }
}

async function openAuthorizationPage(
  settings: LoginSettings,
  url: URL,
  redirectUri: string,
): Promise<void> {
  show(authorizationLines(settings, url, redirectUri));
  if (settings.paste || !settings.browser) return;
  try {
    const { default: open } = await import('open');
    const child = await open(url.href);
    child.on('error', () => undefined);
  } catch {
    writeWarning('No browser could be opened. Open the address yourself.');
  }
}

const OTHER_TOKEN =
  'SPOTIFY_REFRESH_TOKEN is set, and used instead of this login. Remove it from .env.';

function show(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
