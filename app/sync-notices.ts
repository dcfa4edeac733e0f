/** Whom to tell what after a run of pairs, decided from its results and from what was told before. Pure. */
import * as z from 'zod/mini';
import { addUp, isNothing, type Mail, savedSchema, toDigest, toSubject } from './sync-digest.ts';
import { isFailure, type PairResult, type PairState } from './sync-result.ts';

/** What is remembered from run to run. */
export const noticesSchema = z.object({
  /** Of the last digest, and of the last one that was sent: weeks since 1970. */
  week: z.exactOptional(z.int()),
  sent_week: z.exactOptional(z.int()),
  /** By pair: failures in a row. */
  failures: z.record(z.string(), z.int()),
  /** By pair: what is held, and the week in which that was told. */
  held: z.record(z.string(), z.string()),
  /** By pair: what has happened since the last digest. */
  saved: z.record(z.string(), savedSchema),
});
export type Notices = z.infer<typeof noticesSchema>;

export const NO_NOTICES: Notices = { failures: {}, held: {}, saved: {} };

export type SyncEvent = { readonly type: string; readonly detail: object };

/** An alarm is about a pair. */
export type Alarm = Mail & { readonly pair: string };

export type News = {
  readonly events: readonly SyncEvent[];
  readonly alarms: readonly Alarm[];
  readonly digest: Mail | undefined;
  /** To remember, and what could not be sent is sent by the next run. */
  readonly toNotices: (unsent: Unsent) => Notices;
};

export type Unsent = { readonly alarms: ReadonlySet<string>; readonly hasDigest: boolean };

export type EndedPairs = {
  readonly stage: string;
  readonly runId: string;
  readonly results: readonly PairResult[];
  readonly now: number;
  /** Whether the run was about every pair of the file; only then a digest may be due. */
  readonly isWhole: boolean;
  /** Days until the login ends. */
  readonly loginDays: number | undefined;
};

/** Of an event's detail: changes of the form get another one. */
const VERSION = 1;
const HEARTBEAT_WEEKS = 4;
const FAILURES_TO_TELL = 2;

const EVENTS: Partial<Record<PairState, string>> = {
  applied: 'sync.applied',
  held: 'sync.held',
  waiting: 'sync.waiting',
  failed: 'sync.failed',
  later: 'sync.failed',
  unfinished: 'sync.failed',
};

export function planNews(ended: EndedPairs, before: Notices): News {
  const { isWhole, now, results } = ended;
  const week = Math.floor((now / 86_400_000 + 3) / 7);
  const failures = carryOver(before.failures, results, (result) =>
    isFailure(result) ? (before.failures[result.name] ?? 0) + 1 : undefined,
  );
  const held = carryOver(before.held, results, (result) =>
    result.state === 'held' ? `${result.held.join()} ${week}` : undefined,
  );
  const alarms = results.flatMap((result): Alarm[] => {
    const isNew = result.state === 'held' && held[result.name] !== before.held[result.name];
    const isSecond = failures[result.name] === FAILURES_TO_TELL;
    return isNew || isSecond ? [{ pair: result.name, ...toAlarm(result, ended) }] : [];
  });
  const saved = addUp(before.saved, results);
  const isDue = isWhole && week !== before.week;
  const isQuiet = Object.values(saved).every(isNothing);
  const hasHeartbeat = week - (before.sent_week ?? 0) >= HEARTBEAT_WEEKS;
  const digest = isDue && (!isQuiet || hasHeartbeat) ? toDigest(saved, ended) : undefined;
  const sentWeek = digest === undefined ? before.sent_week : week;
  return {
    events: toEvents(ended, failures),
    alarms,
    digest,
    toNotices: (unsent) => ({
      ...before,
      failures: takeBack(failures, before.failures, unsent.alarms),
      held: takeBack(held, before.held, unsent.alarms),
      ...(unsent.hasDigest || !isDue
        ? { saved }
        : { week, ...(sentWeek !== undefined && { sent_week: sentWeek }), saved: {} }),
    }),
  };
}

/** Of these pairs what was known before. */
function takeBack<Value>(
  now: Readonly<Record<string, Value>>,
  before: Readonly<Record<string, Value>>,
  pairs: ReadonlySet<string>,
): Record<string, Value> {
  const others = Object.entries(now).filter(([name]) => !pairs.has(name));
  const earlier = Object.entries(before).filter(([name]) => pairs.has(name));
  return Object.fromEntries([...others, ...earlier]);
}

/** Of pairs that this run was not about, what was known. */
function carryOver<Value>(
  before: Readonly<Record<string, Value>>,
  results: readonly PairResult[],
  toValue: (result: PairResult) => Value | undefined,
): Record<string, Value> {
  const all = new Map(Object.entries(before));
  for (const result of results) {
    const value = toValue(result);
    if (value === undefined) all.delete(result.name);
    else all.set(result.name, value);
  }
  return Object.fromEntries(all);
}

function toEvents(
  { results, runId, stage }: EndedPairs,
  failures: Readonly<Record<string, number>>,
): SyncEvent[] {
  const about = { version: VERSION, stage, run_id: runId };
  const events = results.flatMap((result): SyncEvent[] => {
    const { added, cleared, held, message, name, removed, state, targetId } = result;
    const type = EVENTS[state];
    if (type === undefined) return [];
    const text = toPlain(`${name}: ${message}`);
    const figures = { pair: toPlain(name), state, added, removed, cleared, held, text };
    const target = targetId === undefined ? {} : { target_id: targetId };
    return [{ type, detail: { ...about, ...figures, ...target, failures: failures[name] ?? 0 } }];
  });
  const totals = countResults(results);
  const { added, failed, held, removed } = totals;
  const text = `${added} saved, ${removed} removed; ${held} held, ${failed} failed`;
  const detail = { ...about, pair: 'all pairs', ...totals, text };
  return [...events, { type: 'sync.finished', detail }];
}

/** Fits into a template of JSON as it is. */
const toPlain = (text: string): string => text.replaceAll('"', "'").replaceAll(/[\\\p{Cc}]/gu, ' ');

type Totals = Readonly<
  Record<'pairs' | 'added' | 'removed' | 'cleared' | 'held' | 'failed', number>
>;

export function countResults(results: readonly PairResult[]): Totals {
  const sum = (of: 'added' | 'removed' | 'cleared'): number =>
    results.reduce((total, result) => total + result[of], 0);
  return {
    pairs: results.length,
    ...{ added: sum('added'), removed: sum('removed'), cleared: sum('cleared') },
    held: results.filter(({ state }) => state === 'held').length,
    failed: results.filter(isFailure).length,
  };
}

function toAlarm({ message, name, state }: PairResult, { stage }: EndedPairs): Mail {
  const what = state === 'held' ? 'is held' : 'has failed twice';
  return {
    subject: toSubject(`spotify-etl ${stage}: the sync ${name} ${what}`),
    text: [
      `${name} ${what}: ${message}`,
      '',
      `Look: npx sls invoke --stage ${stage} --function sync --data '{"dryRun":true}'`,
      'What to do: docs/sync.md, In the cloud.',
    ].join('\n'),
  };
}
