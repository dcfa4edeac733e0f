import { parseSpotifyConfig } from '../../app/config.ts';
import type { Library } from '../../app/library.ts';
import { FileTokenStore, findLogin } from '../../app/login.ts';
import { readUsage } from '../../app/usage.ts';
import { settle } from '../../lib/result.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { loginFileOf } from '../shared/app-settings.ts';
import { type Environment, setVariables } from '../shared/dynamodb-settings.ts';

export type Limits = {
  readonly calls: { readonly spent: number; readonly left: number | undefined } | undefined;
  readonly loginDaysLeft: number | undefined;
};

/** What `doctor` says of calls and login, as far as this machine knows it. A dashboard without it is one all the same. */
export async function readLimits(library: Library, environment: Environment): Promise<Limits> {
  const set = setVariables(environment);
  const file = loginFileOf(set);
  const login = await settle(() => findLogin(new FileTokenStore(file), systemClock.now()));
  const stored = login.ok ? login.value : undefined;
  const usage = await settle(() => {
    const app = { SPOTIFY_CLIENT_ID: stored?.client_id, SPOTIFY_TOKEN_FILE: file };
    return readUsage(library, parseSpotifyConfig({ ...app, ...set }), systemClock);
  });
  const isUsed = !('SPOTIFY_REFRESH_TOKEN' in set || 'SPOTIFY_TOKEN_SECRET' in set);
  return {
    calls: usage.ok
      ? usage.value && { spent: usage.value.spent, left: usage.value.left }
      : undefined,
    loginDaysLeft: isUsed ? stored?.daysLeft : undefined,
  };
}
