/** `spotify-etl login`: lets a Spotify app use an account, and keeps what it is given. */
import { Command } from 'commander';
import pc from 'picocolors';
import { openBrowser } from './login/browser.ts';
import type { CallbackSource } from './login/callback.ts';
import { startCallbackServer } from './login/callback-server.ts';
import { describeFailure } from './login/failures.ts';
import { LoginError } from './login/login-error.ts';
import { createPasteSource } from './login/pasted-address.ts';
import { authorizationLines, loggedInLines } from './login/report.ts';
import { login } from './login/run-login.ts';
import { addLoginOptions, type LoginSettings, parseLoginSettings } from './login/settings.ts';
import { addStoreOptions, describePlace, openTokenStore } from './login/stores.ts';
import { readVariable } from './shared/dynamodb-settings.ts';
import { hearStopSignals, STOPPED_EXIT } from './shared/stop-signals.ts';

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('login').description(
    'Logs in to Spotify in your browser and keeps the login where the other commands and the deployed functions find it. It lasts six months. No client secret is needed.',
  );
  return addStoreOptions(addLoginOptions(command))
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      process.exitCode = await run(parseLoginSettings(options, process.env));
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl login                             for this machine, into .local/',
  '  spotify-etl login --store aws --stage dev     for the functions of that stage, into Secrets Manager',
  '  spotify-etl login --for ingest,sync,listening also to change playlists and to see what was played',
  '  spotify-etl login --paste                     no browser here: use one elsewhere, paste where it ends',
  '',
  'Environment:',
  '  SPOTIFY_CLIENT_ID     default of --client-id',
  '  DATA_DIR              folder of the login file (default: .local)',
  '  SPOTIFY_TOKEN_FILE    the login file itself',
  '',
  'Exit codes: 0 done, 1 failed (a login that was there still is), 2 wrong usage, 130 stopped.',
].join('\n');

async function run(settings: LoginSettings): Promise<number> {
  const { end, signal } = hearStopSignals(
    () => new LoginError('The login was stopped at the terminal.', 'Nothing was stored.'),
  );
  let source: CallbackSource | undefined;
  try {
    const store = await openTokenStore(settings.store);
    source = await createSource(settings);
    const loggedIn = await login(settings, {
      store,
      source,
      openAuthorizationPage: (url, redirectUri) =>
        openAuthorizationPage(settings, url, redirectUri),
      stop: signal,
      now: Date.now,
    });
    show(
      loggedInLines(
        { ...loggedIn, place: describePlace(store.place, settings.store), now: Date.now() },
        settings.scopes,
      ),
    );
    if (settings.store.kind === 'file') warnOfOtherToken();
    return 0;
  } catch (error) {
    console.error(pc.red(`✖ ${describeFailure(error).join('\n  ')}`));
    return signal.aborted ? STOPPED_EXIT : 1;
  } finally {
    source?.close();
    end();
  }
}

function createSource({ port, way }: LoginSettings): CallbackSource | Promise<CallbackSource> {
  if (way !== 'pasted') return startCallbackServer(port);
  const onFault = (error: LoginError): void => {
    console.error(pc.yellow(`! ${error.message} ${error.fix}`));
  };
  return createPasteSource({ input: process.stdin, port, onFault });
}

async function openAuthorizationPage(
  settings: LoginSettings,
  url: URL,
  redirectUri: string,
): Promise<void> {
  show(authorizationLines(settings, url, redirectUri));
  if (settings.way === 'browser' && !(await openBrowser(url))) {
    console.error(pc.yellow('! No browser could be opened. Open the address yourself.'));
  }
}

function warnOfOtherToken(): void {
  if (readVariable(process.env, 'SPOTIFY_REFRESH_TOKEN') === undefined) return;
  console.error(
    pc.yellow(
      '! SPOTIFY_REFRESH_TOKEN is set, and used instead of this login. Take it out of .env.',
    ),
  );
}

function show(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
