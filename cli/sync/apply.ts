/** `spotify-etl sync apply`: carries out what sync plan shows. */
import { randomUUID } from 'node:crypto';
import {
  applyPair,
  type PlannedSync,
  planTask,
  type SyncPorts,
  sourceOf,
  toPairTask,
} from '../../app/sync.ts';
import { findCreated, type ListedPair, toPairs } from '../../app/sync-pairs.ts';
import { hasChanges } from '../../app/sync-report.ts';
import { findUnread, type UnreadPairs } from '../../app/sync-unread.ts';
import { messageOf, UsageError } from '../../lib/usage-error.ts';
import { openSyncs, readSyncs, recordInSyncs } from '../../trigger/syncs-file.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { STOPPED_EXIT } from '../shared/exit-codes.ts';
import { isAgreedTo } from '../shared/questions.ts';
import { writeError, writeLine } from '../shared/terminal.ts';
import { type Done, leaveUnread, toDone, toUndone, writeDone } from './applied-pair.ts';
import {
  assertNamed,
  fileOption,
  guardOptions,
  type SyncApp,
  sharedOptions,
  toSyncOptions,
  withSyncApp,
} from './options.ts';
import { showFaults, toFailed } from './plan.ts';
import { findPlanned, readPlanFile } from './plan-file.ts';
import { planLines } from './plan-lines.ts';
import { withProgress } from './progress.ts';

const options = {
  plan: optionalText('--plan <file>', 'exactly this plan, without asking'),
  yes: flag('--yes', 'without asking; pairs with apply = auto are never asked about'),
  ...guardOptions,
  file: fileOption,
  ...sharedOptions,
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'apply',
  description: 'Carries out what sync plan shows, after asking.',
  arguments: [['[name...]', 'pairs by name (default: all)']],
  options,
  help: [
    'Examples:',
    '  spotify-etl sync apply                     plans, shows, asks',
    '  spotify-etl sync apply --plan plan.json    what was planned, or nothing if the target has changed',
    '  0 7 * * 1  npx spotify-etl sync apply --quiet       in crontab: pairs with apply = auto',
    '',
    'Ctrl-C finishes the call under way. The same command goes on from there.',
    '',
    'Exit codes: 0 done, or nothing to do, 1 failed or held, 2 wrong usage, 3 shown, and not done,',
    '75 try again later, 130 stopped.',
  ],
  run,
});

async function run(given: Options, names: readonly string[]): Promise<number> {
  assertNamed(given, names);
  const plans = given.plan === undefined ? undefined : await readPlanFile(given.plan);
  const missing = plans && names.find((name) => !plans.some((each) => each.name === name));
  if (missing !== undefined) throw new UsageError(`The plan has no pair ${missing}.`);
  const wanted = names.length > 0 ? names : plans?.map(({ name }) => name);
  const rows = wanted?.length === 0 ? [] : await readSyncs(given.file);
  return await withSyncApp(given, async (app) => {
    const pairs = toPairs(rows, wanted ?? [], await findCreated(app, rows));
    const applying = { given, rows, plans: plans ?? [] };
    showFaults(pairs);
    const faulty = pairs.faults.map((fault): Done => ({ exitCode: 1, fault }));
    const done = [...faulty, ...(await applyAll(app, pairs.pairs, applying))];
    if (given.json) writeDone(done);
    const stop = done.at(-1)?.stop;
    if (stop !== undefined) throw stop;
    if (app.signal.aborted) return STOPPED_EXIT;
    return Math.max(0, ...done.map(({ exitCode }) => exitCode));
  });
}

/** Ends early after an error that concerns all. */
async function applyAll(
  app: SyncApp,
  pairs: readonly ListedPair[],
  applying: Applying,
): Promise<Done[]> {
  const done: Done[] = [];
  const unread = await findUnasked(app, pairs, applying);
  for (const pair of pairs) {
    if (app.signal.aborted) break;
    const known = unread.find(pair.name);
    const one = known
      ? leaveUnread(pair, known, applying.given)
      : await applyOne(app, pair, { ...applying, unread });
    done.push(...(await record(applying, pair.name, one)), one);
    if (one.stop !== undefined) break;
  }
  return done;
}

/** Who is asked wants to see the lists as they are now, and not as Spotify's listing shows them. */
async function findUnasked(
  app: SyncApp,
  pairs: readonly ListedPair[],
  { given, plans }: Applying,
): Promise<UnreadPairs> {
  const wanted = pairs
    .filter((pair) => isUnasked(pair, given) && plans.length === 0)
    .map((pair) => ({ pair, options: toSyncOptions(given, pair.maxRemovals), isApplied: true }));
  return await app.sync((ports) => findUnread(ports, wanted));
}

const isUnasked = ({ isAuto }: ListedPair, { yes }: Options): boolean => yes || isAuto;

/** Returns what is wrong; the other pairs go on. */
async function record(
  { given: { file }, rows }: Applying,
  name: string,
  { recorded }: Done,
): Promise<Done[]> {
  if (recorded === undefined) return [];
  try {
    await recordInSyncs(await openSyncs(file), new Map([[name, recorded]]), rows);
    return [];
  } catch (error) {
    const message = `The run could not be recorded in ${file}. ${messageOf(error)}`;
    writeError(`${name}: ${message}`);
    return [{ exitCode: 1, fault: { name, message } }];
  }
}

type Applying = {
  readonly given: Options;
  readonly rows: Awaited<ReturnType<typeof readSyncs>>;
  readonly plans: Awaited<ReturnType<typeof readPlanFile>>;
};

type Applied = Applying & { readonly unread: UnreadPairs };

async function applyOne(app: SyncApp, pair: ListedPair, applying: Applied): Promise<Done> {
  try {
    return await planAndApply(app, pair, applying);
  } catch (error) {
    const { message, ...failed } = toFailed(error, pair.name);
    const recorded = { last_run: new Date().toISOString(), response: message };
    return { ...failed, fault: { name: pair.name, message }, recorded };
  }
}

async function planAndApply(
  app: SyncApp,
  pair: ListedPair,
  { given, plans, unread }: Applied,
): Promise<Done> {
  const saved = findPlanned(plans, pair);
  const syncOptions = saved?.options ?? toSyncOptions(given, pair.maxRemovals);
  const follow = <Result>(work: (watched: SyncPorts) => Promise<Result>): Promise<Result> =>
    withProgress(app, { ...given, name: pair.name }, (watched) =>
      work({ ...watched, source: sourceOf(watched) }),
    );
  const asks = saved === undefined && !isUnasked(pair, given);
  const planned = asks
    ? await follow((ports) => planTask(ports, toPairTask(ports, pair, syncOptions)))
    : saved?.planned;
  if (asks && planned && !(await isAgreed(pair, planned, given))) return toUndone(pair, planned);
  const outcome = await follow((ports) =>
    unread.follow(ports, pair, (noting) =>
      applyPair(noting, { pair, options: syncOptions }, { planned, runId: randomUUID() }),
    ),
  );
  return toDone(pair, outcome, { given, planned, wasShown: asks });
}

async function isAgreed(pair: ListedPair, planned: PlannedSync, given: Options): Promise<boolean> {
  if (!given.json) planLines(pair, planned).forEach(writeLine);
  if (!hasChanges(planned)) return true;
  if (planned.plan.held.length > 0 && planned.plan.stages.length + planned.clears.length === 0) {
    return true;
  }
  return !given.json && !given.quiet && (await isAgreedTo('Do it?'));
}
