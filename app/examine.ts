/** An examination of the set-up: everything looked at once, with five requests to Spotify at most. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { findLogin } from '../spotify/login/find-login.ts';
import type { LoginSource } from '../spotify/login/token-store.ts';
import { callsLeft, countCalls } from '../spotify/quota/ledger.ts';
import type { QuotaState, QuotaStore } from '../spotify/quota/store.ts';
import type { SpotifyRun } from '../spotify/spotify-run.ts';
import { assertTable } from '../stores/dynamodb/describe-table.ts';
import type { Config } from './config.ts';
import { type Examination, type Found, found, type LoginState, type Usage } from './examination.ts';
import { examineSpotify } from './examine-spotify.ts';

export type ExaminationParts = {
  readonly config: Config;
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly quotaStore: QuotaStore;
  readonly tokenStore: LoginSource;
  /** Whether a cooldown is to be ended first. */
  readonly isClearing: boolean;
};

export async function examine(
  parts: ExaminationParts,
  spotifyRun: SpotifyRun,
  run: Run,
): Promise<Examination> {
  const { client, clock, config, quotaStore, isClearing, tokenStore } = parts;
  const names = [...Object.values(config.tables), config.stateTable];
  const cleared = isClearing
    ? await found(() => spotifyRun.session.quota.clearCooldown(run))
    : undefined;
  // In parallel, so that one that does not answer does not delay the others.
  const [login, state, ...looks] = await Promise.all([
    found(() => findLogin(tokenStore, clock.now())),
    found(() => quotaStore.read(run)),
    ...names.map(async (name) => [name, await found(() => assertTable(client, name))] as const),
  ]);
  const tables = new Map(looks);
  const usage: Found<Usage> = state.ok ? { ok: true, value: toUsage(state.value, parts) } : state;
  const spotify = mayAsk(login, usage, config)
    ? await examineSpotify(spotifyRun, { run, userId: login.ok ? login.value?.userId : undefined })
    : { findings: undefined, requests: 0 };
  return {
    clientId: config.spotify.credentials.clientId,
    login,
    usage,
    cleared,
    tables,
    spotify: spotify.findings,
    spotify_requests: spotify.requests,
  };
}

/** False during a cooldown, and where there is neither a usable login nor a client secret. */
function mayAsk(
  login: Found<LoginState | undefined>,
  usage: Found<Usage>,
  { spotify }: Config,
): boolean {
  if (usage.ok && usage.value.cooldown !== undefined) return false;
  if (!login.ok) return false;
  if (login.value === undefined) return spotify.credentials.clientSecret !== undefined;
  return (
    login.value.refusedAt === undefined && login.value.clientId === spotify.credentials.clientId
  );
}

function toUsage(state: QuotaState, { clock, config }: ExaminationParts): Usage {
  const now = clock.now();
  const { budget } = config.spotify;
  const { calls, cooldown } = state;
  return {
    calls: countCalls(calls, now),
    left: budget === undefined ? undefined : callsLeft(calls, now, { budget, purpose: 'load' }),
    cooldown: cooldown !== undefined && cooldown.until > now ? cooldown : undefined,
  };
}
