import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { systemClock, type TableApp } from '../app/app.ts';
import { createObjectStore, type OpenObject, openBucket, type S3Object } from '../app/bucket.ts';
import { parseBucketPlace } from '../app/config.ts';
import { parseRunEvent } from '../app/run-event.ts';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/parse-json.ts';
import { type DueAnswer, type DuePlaylists, findDue, isSick } from '../trigger/due-rows.ts';
import { parseList, planListCalls } from '../trigger/listed-playlists.ts';
import { type NextStep, planNext } from '../trigger/next-step.ts';
import { type Outcome, toOutcome } from '../trigger/outcome.ts';
import { isSelected } from '../trigger/playlists-file.ts';
import { getApp } from './cold-start.ts';
import { apiHandler, type RunContext } from './http/api-handler.ts';
import { askInProcess } from './http/in-process.ts';
import { publishWait } from './http/metrics.ts';
import { toProblem } from './http/problems.ts';
import { parseMaxRequests, parsePlaylistId } from './http/requests.ts';

const inputSchema = z.object({
  /** Its name. */
  execution: z.string(),
  started_at: z.string(),
  /** After the first, for rows that failed in the one before. */
  round: z.int(),
  event: z.unknown(),
});

const flag = z._default(z.boolean(), false);
/** The schedule's input, like the options of `spotify-etl trigger`. */
const eventSchema = z.strictObject({ refresh: flag, retryFailed: flag });

/** The next round, how many playlists are in `due.csv`, and how many answers in `settled.json`. */
export type ListResult = NextStep & Readonly<Record<'round' | 'due' | 'settled', number>>;

type Parts = {
  readonly getApp: () => Pick<TableApp, 'isAtWork' | 'listPlaylists'>;
  readonly openFiles: () => OpenObject;
  readonly clock: Clock;
};

const NOTHING = { next: 'settle', wait_seconds: 0, due: 0, settled: 0 } as const;

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Reads the playlists file in the stack's bucket, answers the rows that need no load, and writes the others into `due.csv`. While
 * another execution is at work, there are none. Throws UsageError if the file cannot be read.
 */
export function createListHandler({ clock, getApp, openFiles }: Parts) {
  const ask = apiHandler('list', (event, run) =>
    getApp().listPlaylists({ maxPages: parseMaxRequests(event) }, run),
  );
  return async (event: unknown, context: RunContext): Promise<ListResult> => {
    const { execution, round, started_at, ...input } = inputSchema.parse(event);
    const selection = parseRunEvent(eventSchema, input.event, 'trigger/README.md');
    const run_id = context.awsRequestId;
    const open = openFiles();
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis();
    const isAtWork = (name: string) => getApp().isAtWork(name, { deadlineAt });
    if (!(await claim(open('playlists.csv.lock'), execution, isAtWork))) {
      logger.info('another execution is at work', { run_id });
      return { ...NOTHING, round };
    }
    const startedAt = Date.parse(started_at);
    const due = findDue(await createObjectStore(open('playlists.csv')).read(), (row) =>
      round === 1 ? isSelected(row, selection) : isSick(row, startedAt, clock.now()),
    );
    const calls = selection.refresh && round === 1 ? planListCalls(due.size) : undefined;
    const list =
      calls === undefined
        ? undefined
        : parseList(await askInProcess(ask, { max_requests: `${calls}` }, context), clock.now());
    const now = clock.now();
    // Without a list every row is asked for, unless the fault is everybody's.
    if (list?.fault?.isShared === true) {
      const step = planNext(list.fault, { startedAt, now });
      publishWait(step, now - startedAt);
      return { ...NOTHING, ...step, round };
    }
    const settle = (key: string) => refuse(key, run_id, now) ?? list?.find(key);
    const counts = await writeFiles(open, due, settle);
    logger.info('playlists listed', { run_id, round, ...counts });
    return { ...NOTHING, ...counts, round: round + 1 };
  };
}

/** The answer of `GET /ingest` to a text that is not a playlist. */
function refuse(playlist_uri: string, runId: string, now: number): Outcome | undefined {
  try {
    parsePlaylistId({ multiValueQueryStringParameters: { playlist_uri: [playlist_uri] } });
    return undefined;
  } catch (error) {
    const problem = toProblem(error, runId);
    return toOutcome({ status: problem.status, headers: {}, body: JSON.stringify(problem) }, now);
  }
}

const HEADER = 'playlist_uri,before\n';
/** So many answers fit into the memory next to a million rows; the next execution settles the others. */
const MAX_SETTLED = 30_000;

/** Settled answers go to the function `record` together, and each other playlist to a child of the machine. */
async function writeFiles(
  open: OpenObject,
  playlists: DuePlaylists,
  settle: (key: string) => Outcome | undefined,
): Promise<Pick<ListResult, 'due' | 'settled'>> {
  const answers: DueAnswer[] = [];
  let size = HEADER.length;
  for (const [key, before] of playlists) size += key.length + before.length + 2;
  // In one piece, for files of a million rows.
  const due = Buffer.alloc(size);
  let end = due.write(HEADER);
  let loads = 0;
  for (const [key, before] of playlists) {
    const outcome = settle(key);
    if (outcome === undefined) {
      end += due.write(`${key},${before}\n`, end);
      loads += 1;
    } else if (answers.length < MAX_SETTLED) answers.push({ key, before, outcome });
  }
  await open('due.csv').put(due.subarray(0, end), 'any');
  const settled = Buffer.from(JSON.stringify(answers));
  if (answers.length > 0) await open('settled.json', 'application/json').put(settled, 'any');
  return { due: loads, settled: answers.length };
}

const lockSchema = z.object({ execution: z.string() });

/**
 * The lock object names the last execution that was at work. Of two at the same time, one put wins; the other throws, like one
 * whose answer is lost, and finds out when the machine tries again.
 */
async function claim(
  lock: S3Object,
  execution: string,
  isAtWork: (execution: string) => Promise<boolean>,
): Promise<boolean> {
  const found = await lock.find();
  const holder = lockSchema.safeParse(parseJson(found?.body.toString() ?? '')).data?.execution;
  if (holder === execution) return true;
  if (holder !== undefined && (await isAtWork(holder))) return false;
  const text = Buffer.from(JSON.stringify({ execution }));
  if ((await lock.put(text, found?.etag)) !== undefined) return true;
  throw new Error(`${lock.name} was written by another execution.`);
}

export const handler = createListHandler({
  getApp,
  openFiles: () => openBucket(parseBucketPlace()),
  clock: systemClock,
});
