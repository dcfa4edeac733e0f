/** `spotify-etl sync apply`: carries out what sync plan shows. */
import { randomUUID } from 'node:crypto';
import {
  applyTask,
  type PlannedSync,
  planTask,
  type SyncOutcome,
  type SyncPorts,
  type SyncTask,
  sourceOf,
  toPairTask,
} from '../../app/sync.ts';
import { messageOf, UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { PLANNED_EXIT, STOPPED_EXIT } from '../shared/exit-codes.ts';
import { isAgreedTo } from '../shared/questions.ts';
import { writeError, writeErrorLine, writeLine } from '../shared/terminal.ts';
import {
  assertNamed,
  fileOption,
  guardOptions,
  type SyncApp,
  sharedOptions,
  toSyncOptions,
  withSyncApp,
} from './options.ts';
import { findCreated, type ListedPair, type PairFault, toNamed, toPairs } from './pairs.ts';
import { showFaults, toFailed } from './plan.ts';
import { findPlanned, readPlanFile } from './plan-file.ts';
import { differenceLines, planLines } from './plan-lines.ts';
import { withProgress } from './progress.ts';
import { describeOutcome, hasChanges, toOutcomeJson, toPlanJson } from './report.ts';
import { type Recorded, readSyncs, recordInSyncs } from './syncs-file.ts';

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

/** What became of a pair. */
type Done = {
  readonly exitCode: number;
  readonly json?: object;
  readonly recorded?: Recorded;
  readonly fault?: PairFault;
  /** Ends all, once what was done is printed and recorded. */
  readonly stop?: Error;
};

async function run(given: Options, names: readonly string[]): Promise<number> {
  assertNamed(given, names);
  const plans = given.plan === undefined ? undefined : await readPlanFile(given.plan);
  const missing = plans && names.find((name) => !plans.some((each) => each.name === name));
  if (missing !== undefined) throw new UsageError(`The plan has no pair ${missing}.`);
  const wanted = names.length > 0 ? names : plans?.map(({ name }) => name);
  const rows = wanted?.length === 0 ? [] : await readSyncs(given.file);
  return await withSyncApp(given, async (app) => {
    const pairs = toPairs(rows, wanted ?? [], await findCreated(app, rows));
    const applying = { given, plans: plans ?? [] };
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
  for (const pair of pairs) {
    if (app.signal.aborted) break;
    const one = await applyPair(app, pair, applying);
    done.push(...(await record(applying.given.file, pair.name, one)), one);
    if (one.stop !== undefined) break;
  }
  return done;
}

/** Returns what is wrong; the other pairs go on. */
async function record(file: string, name: string, { recorded }: Done): Promise<Done[]> {
  if (recorded === undefined) return [];
  try {
    await recordInSyncs(file, name, recorded);
    return [];
  } catch (error) {
    const message = `The run could not be recorded in ${file}. ${messageOf(error)}`;
    writeError(`${name}: ${message}`);
    return [{ exitCode: 1, fault: { name, message } }];
  }
}

function writeDone(done: readonly Done[]): void {
  const errors = done.flatMap(({ fault }) => fault ?? []);
  const pairs = done.flatMap(({ json }) => json ?? []);
  writeLine(JSON.stringify({ pairs, ...(errors.length > 0 && { errors }) }));
}

type Applying = {
  readonly given: Options;
  readonly plans: Awaited<ReturnType<typeof readPlanFile>>;
};

async function applyPair(app: SyncApp, pair: ListedPair, applying: Applying): Promise<Done> {
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
  { given, plans }: Applying,
): Promise<Done> {
  const saved = findPlanned(plans, pair);
  const syncOptions = saved?.options ?? toSyncOptions(given, pair.maxRemovals);
  const follow = <Result>(
    work: (watched: SyncPorts, task: SyncTask) => Promise<Result>,
  ): Promise<Result> =>
    withProgress(app, { ...given, name: pair.name }, (watched) =>
      work(watched, toPairTask(sourceOf(watched), pair, syncOptions)),
    );
  const asks = saved === undefined && !given.yes && !pair.isAuto;
  const planned = asks ? await follow(planTask) : saved?.planned;
  if (asks && planned && !(await isAgreed(pair, planned, given))) return toUndone(pair, planned);
  const outcome = await follow((watched, task) =>
    applyTask(watched, task, { planned, runId: randomUUID() }),
  );
  return toDone(pair, outcome, { given, planned, wasShown: asks });
}

async function isAgreed(pair: ListedPair, planned: PlannedSync, given: Options): Promise<boolean> {
  if (!given.json) planLines(toNamed(pair), planned).forEach(writeLine);
  if (planned.plan.stages.length === 0) return true;
  return !given.json && !given.quiet && (await isAgreedTo('Do it?'));
}

function toUndone(pair: ListedPair, planned: PlannedSync): Done {
  writeErrorLine(`${pair.name}: nothing was done. To do it: the same command with --yes`);
  const json = { ...toPlanJson(pair, planned), applied: false, run_id: null };
  return { exitCode: PLANNED_EXIT, json };
}

type Shown = {
  readonly given: Options;
  readonly planned: PlannedSync | undefined;
  readonly wasShown: boolean;
};

function toDone(pair: ListedPair, outcome: SyncOutcome, shown: Shown): Done {
  const { outcome: result, targetId } = outcome;
  const response = describeOutcome(outcome);
  const isFine = isAllDone(outcome);
  if (!shown.given.json && !(shown.given.quiet && isFine)) show(pair, outcome, shown);
  if (result === 'stale' && shown.planned !== undefined) {
    differenceLines(shown.planned.plan, outcome.list).forEach(writeErrorLine);
  }
  const isNew = typeof pair.target !== 'string' && targetId !== undefined;
  const target = isNew ? { target: `https://open.spotify.com/playlist/${targetId}` } : {};
  return {
    exitCode: isFine ? 0 : 1,
    json: toOutcomeJson(pair, outcome),
    recorded: { last_run: new Date().toISOString(), response, ...target },
  };
}

const isAllDone = ({ outcome, plan }: SyncOutcome): boolean =>
  (outcome === 'done' || outcome === 'nothing') && plan.held.length === 0;

function show(pair: ListedPair, outcome: SyncOutcome, { wasShown }: Shown): void {
  if (!wasShown && hasChanges(outcome)) planLines(toNamed(pair), outcome).forEach(writeLine);
  writeLine(`${pair.name}: ${describeOutcome(outcome)}`);
}
