import { createTableReader } from '../../app/app.ts';
import { type Library, openLibrary } from '../../app/library.ts';
import { libraryRows, type RowSource, stageRows } from '../../app/picture.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import type { OptionsOf } from './command.ts';
import { type Environment, toDynamodbSettings } from './dynamodb-settings.ts';
import { STOPPED_EXIT } from './exit-codes.ts';
import { describeTableFailure } from './failures.ts';
import { limitHeapGrowth } from './heap.ts';
import { findFilledLibrary, libraryOption } from './library.ts';
import { DEFAULT_STAGE, speedOptions, stageOptions } from './options.ts';
import { createBar } from './row-bar.ts';
import { abortOnSignal } from './stop-signals.ts';
import { writeError } from './terminal.ts';

/** A stage, or else a library. */
export const rowOptions = { ...stageOptions, library: libraryOption, ...speedOptions };

/** What reading whole tables takes, in IAM's words. */
export const READ_ACTIONS =
  'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar';

type Rows = {
  readonly source: RowSource;
  /** `stage dev`, or the place of the library. */
  readonly home: string;
  /** Undefined where the rows are a stage's. */
  readonly library: Library | undefined;
  readonly readUnits: () => number;
};

export type RowWork = Rows & {
  readonly bar: ReturnType<typeof createBar> | undefined;
  /** Aborted at Ctrl-C; an error of `work` then counts as stopped. */
  readonly signal: AbortSignal;
};

type RowContext = {
  readonly environment: Environment;
  /** The IAM actions needed. */
  readonly actions: string;
  /** Printed at Ctrl-C. */
  readonly stopped: string;
};

type Given = OptionsOf<typeof rowOptions> & { readonly quiet: boolean };

/** The stage that a command is about, if it is about one: any option of AWS says so. */
export function findStage(given: Omit<Given, 'quiet'>): string | undefined {
  const { endpointUrl, library, profile, region, stage } = given;
  const named = [stage, region, profile, endpointUrl].some((option) => option !== undefined);
  if (!named) return undefined;
  if (library === undefined) return stage ?? DEFAULT_STAGE;
  throw new UsageError('Rows are in a library or in a stage: leave out --library, or --stage.');
}

/**
 * Runs a command that reads all rows of a stage or a library, and returns its exit code.
 *
 * @throws UsageError; what `work` throws about a library
 */
export async function runOverRows(
  given: Given,
  context: RowContext,
  work: (parts: RowWork) => Promise<number>,
): Promise<number> {
  const stage = findStage(given);
  limitHeapGrowth();
  const { end, signal } = abortOnSignal();
  const opened =
    stage === undefined
      ? openLibraryRows(given, context)
      : await openStageRows({ ...given, stage }, context, signal);
  const bar = process.stderr.isTTY && !given.quiet ? createBar() : undefined;
  try {
    return await work({ ...opened, bar, signal });
  } catch (error) {
    bar?.stop();
    if (error instanceof UsageError) throw error;
    const words = signal.aborted ? context.stopped : opened.describe(error);
    if (words === undefined) throw error;
    writeError(words);
    return signal.aborted ? STOPPED_EXIT : 1;
  } finally {
    await opened.close();
    end();
  }
}

type OpenRows = Rows & {
  /** Undefined where the message of the error does. */
  readonly describe: (error: unknown) => string | undefined;
  readonly close: () => Promise<void>;
};

function openLibraryRows(given: Given, { environment }: RowContext): OpenRows {
  const library = openLibrary(findFilledLibrary(given.library, environment));
  return {
    source: libraryRows(library),
    home: library.place,
    library,
    readUnits: () => 0,
    describe: () => undefined,
    close: () => library.close(),
  };
}

async function openStageRows(
  given: Given & { readonly stage: string },
  { actions, environment }: RowContext,
  signal: AbortSignal,
): Promise<OpenRows> {
  const { readUnitsPerSecond, segments, stage } = given;
  const dynamodb = toDynamodbSettings(given, environment);
  const { tableNames } = await readServerlessYml(SERVERLESS_YML, stage);
  const reader = createTableReader({ dynamodb, segments, readUnitsPerSecond, signal });
  return {
    source: stageRows(reader, tableNames),
    home: `stage ${stage}`,
    library: undefined,
    readUnits: () => reader.readUnits(),
    describe: (error) => describeTableFailure(error, { stage, dynamodb, actions }),
    close: () => {
      reader.close();
      return Promise.resolve();
    },
  };
}
