/** A run of several metered ones, which reports what all of them have used as one. */
import type { Run, RunMeasures, RunReport } from '../etl/model/summaries.ts';
import { countTableUse, startTableUse } from '../stores/dynamodb/table-use.ts';
import type { StartStep } from './collect-albums.ts';
import { cooldownSecondsLeft, type Metered } from './metered-run.ts';
import { PRICES, runCostUsd } from './prices.ts';

/** Each step has the deadline of the whole. What is read between them counts too. */
export async function meteredSteps<Result>(
  { memoryMb, session: { clock, quota, tokens } }: Metered,
  { deadlineAt, onEnd, runId }: Run,
  work: (startStep: StartStep) => Promise<Result>,
): Promise<Result> {
  const startedAt = clock.now();
  const between = startTableUse();
  const ended: (RunReport & RunMeasures)[] = [];
  const sum = (figure: CountedFigure): number =>
    ended.reduce((total, step) => total + step[figure], 0);
  const startStep: StartStep = () => startOne({ deadlineAt, runId }, ended);
  try {
    return await countTableUse(between, () => work(startStep));
  } finally {
    const readUnits = between.readUnits + sum('read_units');
    const writeUnits = between.writeUnits + sum('write_units');
    const durationMs = clock.now() - startedAt;
    const warnings = new Set(ended.flatMap((step) => step.warnings ?? []));
    onEnd?.(
      {
        run_id: runId,
        spotify_requests: sum('spotify_requests'),
        duration_ms: durationMs,
        read_units: readUnits,
        write_units: writeUnits,
        cost_usd: runCostUsd({ readUnits, writeUnits, durationMs, memoryMb }),
        prices_as_of: PRICES.asOf,
        token_days_left: tokens.tokenDaysLeft,
        warnings: warnings.size === 0 ? undefined : [...warnings],
      },
      {
        rate_limited: sum('rate_limited'),
        cooldown_seconds_left: cooldownSecondsLeft({ clock, quota }),
        unprocessed_items: between.unprocessedItems + sum('unprocessed_items'),
        failed_table_calls: between.failedCalls + sum('failed_table_calls'),
      },
    );
  }
}

function startOne(
  of: Pick<Run, 'deadlineAt' | 'runId'>,
  ended: (RunReport & RunMeasures)[],
): ReturnType<StartStep> {
  const step: { run: Run; report: Partial<RunReport> } = {
    report: {},
    run: {
      ...of,
      onEnd: (report, measures) => {
        step.report = report;
        ended.push({ ...report, ...measures });
      },
    },
  };
  return step;
}

type CountedFigure = Exclude<
  keyof (RunReport & RunMeasures),
  'run_id' | 'prices_as_of' | 'token_days_left' | 'warnings'
>;
