import type { DynamodbSettings } from '../../app/app.ts';
import { type Environment, toDynamodbSettings } from './dynamodb-settings.ts';
import { STOPPED_EXIT } from './exit-codes.ts';
import { describeTableFailure } from './failures.ts';
import { limitHeapGrowth } from './heap.ts';
import type { TableOptions } from './options.ts';
import { createBar } from './row-bar.ts';
import { abortOnSignal } from './stop-signals.ts';
import { writeError } from './terminal.ts';

export type TableWork = {
  readonly dynamodb: DynamodbSettings;
  readonly bar: ReturnType<typeof createBar> | undefined;
  /** Aborted at Ctrl-C; an error of `work` then counts as stopped. */
  readonly signal: AbortSignal;
};

type TableContext = {
  readonly environment: Environment;
  /** The IAM actions needed. */
  readonly actions: string;
  /** Printed at Ctrl-C. */
  readonly stopped: string;
};

/** Runs a command that reads whole tables, and returns its exit code. */
export async function runOverTables(
  options: TableOptions & { readonly quiet: boolean },
  { actions, environment, stopped }: TableContext,
  work: (parts: TableWork) => Promise<number>,
): Promise<number> {
  limitHeapGrowth();
  const dynamodb = toDynamodbSettings(options, environment);
  const { end, signal } = abortOnSignal();
  const bar = process.stderr.isTTY && !options.quiet ? createBar() : undefined;
  try {
    return await work({ dynamodb, bar, signal });
  } catch (error) {
    bar?.stop();
    const { stage } = options;
    writeError(
      signal.aborted ? stopped : describeTableFailure(error, { stage, dynamodb, actions }),
    );
    return signal.aborted ? STOPPED_EXIT : 1;
  } finally {
    end();
  }
}
