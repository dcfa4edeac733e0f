/** A Spotify that answers as a test says, and one run against it. */
import { createFixedTokenStore } from '../../spotify/login/fixed-token-store.ts';
import { openSpotifyRun, type SpotifyRun, SpotifySession } from '../../spotify/spotify-run.ts';
import { createMemoryQuota } from './memory-quota.ts';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.ts';
import { createVirtualClock, START_MS, type VirtualClock } from './virtual-clock.ts';

export type ScriptedSpotify = {
  readonly api: ScriptedServer;
  readonly accounts: ScriptedServer;
  readonly clock: VirtualClock;
  readonly session: SpotifySession;
  readonly run: SpotifyRun;
};

type Setting = {
  readonly tokenScript?: Script;
  readonly hasLogin?: boolean;
  /** The time of the run. */
  readonly seconds?: number;
};

const issueTokens: Script = (_request, index) => ({
  body: { access_token: `token-${index + 1}`, expires_in: 3_600 },
});

export async function startScriptedSpotify(
  script: Script,
  { hasLogin = true, seconds = 29, tokenScript = issueTokens }: Setting = {},
): Promise<ScriptedSpotify> {
  const api = await startScriptedServer(script);
  const accounts = await startScriptedServer(tokenScript);
  const clock = createVirtualClock();
  const session = new SpotifySession(
    {
      apiUrl: api.url,
      accountsUrl: accounts.url,
      credentials: { clientId: 'client-1', clientSecret: 'client-secret-1' },
      pagesInFlight: 2,
      playlistApi: undefined,
    },
    {
      clock,
      quota: createMemoryQuota(clock),
      tokenStore: createFixedTokenStore(
        hasLogin ? { refreshToken: 'refresh-1', clientId: 'client-1' } : undefined,
      ),
    },
  );
  const run = openSpotifyRun(session, { deadlineAt: START_MS + seconds * 1000 });
  return { api, accounts, clock, session, run };
}
