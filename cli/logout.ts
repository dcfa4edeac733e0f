/** `spotify-etl logout`: forgets a login. */
import pc from 'picocolors';
import type { TokenStore } from '../app/login.ts';
import { EtlError } from '../etl/errors.ts';
import { describeFailure } from './login/failures.ts';
import {
  describePlace,
  openTokenStore,
  type StoreSettings,
  storeOptions,
  toStoreSettings,
} from './login/stores.ts';
import { defineCommand } from './shared/command.ts';
import { writeError } from './shared/terminal.ts';

export const command = defineCommand({
  name: 'logout',
  description: 'Forgets the login that spotify-etl login made.',
  options: storeOptions,
  help: [
    'Examples:',
    '  spotify-etl logout                            the login of this machine',
    '  spotify-etl logout --store aws --stage dev    that of the functions of a stage',
    '',
    'Exit codes: 0 done, or there was none; 1 failed; 2 wrong usage.',
  ],
  run: (options) => run(toStoreSettings(options, process.env)),
});

async function run(settings: StoreSettings): Promise<number> {
  try {
    const store = await openTokenStore(settings);
    const place = describePlace(store.place, settings);
    const stored = await findStored(store);
    if (!stored.isThere) {
      console.log(`Nobody is logged in: there is nothing in ${place}.`);
      return 0;
    }
    await store.remove();
    const whose = stored.userId === undefined ? 'the login' : `the login of ${stored.userId}`;
    console.log(pc.green(`✔ Logged out: ${whose} in ${place} is forgotten.`));
    console.log(`  ${SPOTIFYS_OWN_LIST}`);
    return 0;
  } catch (error) {
    writeError(describeFailure(error).join('\n  '));
    return 1;
  }
}

const SPOTIFYS_OWN_LIST =
  'Spotify still lists the app; to take its access away there too: https://www.spotify.com/account/apps';

type Stored = { readonly isThere: boolean; readonly userId?: string | undefined };

/** Something else than a login can be removed too, so that the next login is not kept from it. */
async function findStored(store: TokenStore): Promise<Stored> {
  try {
    const stored = await store.find();
    return { isThere: stored !== undefined, userId: stored?.login.user_id };
  } catch (error) {
    if (error instanceof EtlError && error.code === 'CONFIG_INVALID') return { isThere: true };
    throw error;
  }
}
