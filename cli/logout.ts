/** `spotify-etl logout`: forgets a login. */
import pc from 'picocolors';
import type { TokenStore } from '../app/login.ts';
import { EtlError } from '../etl/errors.ts';
import { describeFailure } from './login/login-error.ts';
import { openTokenStore, storeOptions } from './login/stores.ts';
import { defineCommand, type OptionsOf } from './shared/command.ts';
import { writeError } from './shared/terminal.ts';

export const command = defineCommand({
  name: 'logout',
  description: 'Deletes the login that spotify-etl login stored.',
  options: storeOptions,
  help: [
    'Examples:',
    '  spotify-etl logout                            the login of this machine',
    '  spotify-etl logout --store aws --stage dev    the login of the functions of a stage',
    '',
    'Exit codes: 0 done, or there was none; 1 failed; 2 wrong usage.',
  ],
  run,
});

async function run(options: OptionsOf<typeof storeOptions>): Promise<number> {
  try {
    const { place, store } = await openTokenStore(options, process.env);
    const whose = await describeStored(store);
    if (whose === undefined) {
      console.log(`Nobody is logged in: there is nothing in ${place}.`);
      return 0;
    }
    await store.remove();
    console.log(pc.green(`✔ Logged out: ${whose} in ${place} is deleted.`));
    console.log(`  ${SPOTIFYS_OWN_LIST}`);
    return 0;
  } catch (error) {
    writeError(describeFailure(error).join('\n  '));
    return 1;
  }
}

const SPOTIFYS_OWN_LIST =
  'Spotify still lists the app; to take its access away there too: https://www.spotify.com/account/apps';

/** Whose login it is, for people; undefined without one. */
async function describeStored(store: TokenStore): Promise<string | undefined> {
  try {
    const { login } = (await store.find()) ?? {};
    return login && (login.user_id === undefined ? 'the login' : `the login of ${login.user_id}`);
  } catch (error) {
    // Removes even something that is not a login, because it would block the next one.
    if (error instanceof EtlError && error.code === 'CONFIG_INVALID') return 'the login';
    throw error;
  }
}
