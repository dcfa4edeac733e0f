/** Examines the set-up for `doctor`, with at most five requests to Spotify. */
import type { Run } from '../etl/model/summaries.ts';
import { type Result, settle } from '../lib/result.ts';
import { systemClock } from '../lib/system-clock.ts';
import { findLogin, type LoginState } from '../spotify/login/find-login.ts';
import type { Cooldown } from '../spotify/quota/store.ts';
import { assertTable } from '../stores/dynamodb/describe-table.ts';
import type { DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import type { Config } from './config.ts';
import { examineSpotify, type SpotifyFindings } from './examine-spotify.ts';
import { meteredRun } from './metered-run.ts';
import { startOnTables } from './spotify-session.ts';
import { toUsage, type Usage } from './usage.ts';

export type Examination = {
  readonly clientId: string;
  readonly login: Result<LoginState | undefined>;
  readonly usage: Result<Usage>;
  /** The cooldown that was cleared, if there was one; undefined without `isClearing`. */
  readonly cleared: Result<Cooldown | undefined> | undefined;
  /** By physical name. */
  readonly tables: ReadonlyMap<string, Result<void>>;
  /** Undefined if a call would be useless or is forbidden now; not ok if the quota refused it. */
  readonly spotify: Result<SpotifyFindings> | undefined;
  /** Requests to Spotify, including those for tokens. */
  readonly requests: number;
};

type ExamineOptions = Run & {
  /** Whether to clear a cooldown first. */
  readonly isClearing: boolean;
};

/** Examines everything a run needs, and returns faults instead of throwing them. */
export async function examineSetUp(
  config: Config,
  dynamodb: DynamodbSettings,
  { isClearing, ...run }: ExamineOptions,
): Promise<Examination> {
  const { memoryMb, stateTable, tables } = config;
  const { clientId, clientSecret } = config.spotify.credentials;
  const { client, quotaStore, session, tokenStore } = startOnTables(config, {
    dynamodb,
    clock: systemClock,
    onStateUnavailable: () => undefined,
    isRepeating: false,
  });
  const now = systemClock.now();
  const cleared = isClearing ? await settle(() => session.quota.clearCooldown(run)) : undefined;
  // In parallel, so that one that does not answer delays no other.
  const [login, usage, ...looks] = await Promise.all([
    settle(() => findLogin(tokenStore, now)),
    settle(async () => toUsage(await quotaStore.read(run), config.spotify, now)),
    ...[...Object.values(tables), stateTable].map(
      async (name) => [name, await settle(() => assertTable(client, name))] as const,
    ),
  ]);
  const user = login.ok ? login.value : undefined;
  const isPossible =
    user === undefined
      ? login.ok && clientSecret !== undefined
      : user.refused_at === undefined && user.client_id === clientId;
  const isCooling = usage.ok && usage.value.cooldown !== undefined;
  const spotify =
    isPossible && !isCooling
      ? await settle(() =>
          meteredRun({ session, memoryMb, run }, (opened) =>
            examineSpotify(opened, { run, userId: user?.user_id }),
          ),
        )
      : undefined;
  const { requests } = session;
  return { clientId, login, usage, cleared, tables: new Map(looks), spotify, requests };
}
