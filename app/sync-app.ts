/** The app of the function that syncs: the quota's ledger, the journal and what was told are in the state table. */
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { messageOf } from '../lib/usage-error.ts';
import { Documents } from '../stores/dynamodb/documents.ts';
import { TableSyncJournal } from '../stores/dynamodb/sync-journal.ts';
import type { Config, NewsPlace } from './config.ts';
import { createNewsSender, type NewsSender } from './news-sender.ts';
import { startOnTables } from './spotify-session.ts';
import { type SyncPorts, type SyncRunOptions, withSync } from './sync.ts';
import {
  type EndedPairs,
  type News,
  NO_NOTICES,
  noticesSchema,
  planNews,
  type Unsent,
} from './sync-notices.ts';

export type SyncApp = {
  /**
   * Runs `work` with what a sync of playlists needs.
   *
   * @throws EtlError `SCOPE_MISSING`, and what `work` throws
   */
  sync<Result>(run: SyncRunOptions, work: (ports: SyncPorts) => Promise<Result>): Promise<Result>;
  /**
   * Tells of a run by alarms, digest and events. Mails that could not be sent are sent by the next run.
   *
   * @throws AggregateError of what could not be sent
   */
  tell(ended: Omit<EndedPairs, 'stage' | 'now'>, limits: TellLimits): Promise<void>;
};

/** Milliseconds since the epoch. */
type TellLimits = { readonly deadlineAt: number };

/** Reserved for the journal's last notes, once there is no time for calls to Spotify. */
const JOURNAL_RESERVE_MS = 8_000;

const NOTICES = 'sync-notices';

type Failed = { readonly errors: readonly unknown[] };

type SyncAppOptions = { readonly clock?: Clock; readonly sender?: NewsSender };

export function createSyncApp(
  config: Config,
  place: NewsPlace,
  { clock = systemClock, sender = createNewsSender() }: SyncAppOptions = {},
): SyncApp {
  const { memoryMb, stateTable: tableName } = config;
  const timeZone = place.SYNC_TIME_ZONE;
  const { client, session, tokenStore } = startOnTables(config, { clock });
  /** Each by itself. Returns what was not sent, and why. */
  const send = async ({ alarms, digest, events }: News): Promise<Unsent & Failed> => {
    const errors: unknown[] = [];
    const isSent = async (sending: Promise<void>): Promise<boolean> => {
      const failed = await sending.then(
        () => [],
        (error: unknown) => [error],
      );
      errors.push(...failed);
      return failed.length === 0;
    };
    const unsent = new Set<string>();
    for (const { pair, ...mail } of alarms) {
      if (!(await isSent(sender.publish(place.ALARM_TOPIC_ARN, mail)))) unsent.add(pair);
    }
    const hasDigest =
      digest !== undefined && !(await isSent(sender.publish(place.DIGEST_TOPIC_ARN, digest)));
    await isSent(sender.putEvents(events));
    return { alarms: unsent, hasDigest, errors };
  };
  return {
    sync: async (run, work) => {
      const login = (await tokenStore.find())?.login;
      session.cachedUserId ??= login?.user_id;
      const limits = { clock, deadlineAt: run.deadlineAt + JOURNAL_RESERVE_MS };
      const journal = new TableSyncJournal(client, tableName, limits);
      const parts = { session, memoryMb, journal, scopes: login?.scopes ?? [], timeZone };
      return await withSync(parts, run, work);
    },
    tell: async (ended, { deadlineAt }) => {
      const documents = new Documents(client, { tableName, limits: { clock, deadlineAt } });
      const before = (await documents.find(NOTICES, noticesSchema)) ?? NO_NOTICES;
      const about = { ...ended, stage: place.STAGE, now: clock.now() };
      const news = planNews(about, before);
      const { errors, ...unsent } = await send(news);
      await documents.change(NOTICES, noticesSchema, (now = NO_NOTICES) => ({
        next: planNews(about, now).toNotices(unsent),
        result: undefined,
      }));
      if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join(' '));
    },
  };
}
