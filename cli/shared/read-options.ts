/** What the commands that go through whole tables have in common on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import { tableOptionsSchema } from './table-options.ts';

export const DEFAULT_SEGMENTS = 4;
/** One partition of a table serves 3,000 a second: five sixths of it are left to others. */
export const DEFAULT_READ_UNITS_PER_SECOND = 500;

/** DynamoDB's limit is a million; a laptop has no use for so many. */
const MAX_SEGMENTS = 64;
/** DynamoDB's default quota of one table. */
const MAX_READ_UNITS_PER_SECOND = 40_000;

export const readOptionsSchema = z.object({
  ...tableOptionsSchema.shape,
  segments: z.number(),
  readUnitsPerSecond: z.number(),
});

/** How fast they are read. */
export function addSpeedOptions(command: Command): Command {
  return command
    .option(
      '--segments <count>',
      'parts of a table read side by side',
      parseCount(MAX_SEGMENTS),
      DEFAULT_SEGMENTS,
    )
    .option(
      '--read-units-per-second <count>',
      'read capacity to use at most, on average',
      parseCount(MAX_READ_UNITS_PER_SECOND),
      DEFAULT_READ_UNITS_PER_SECOND,
    );
}

/** A whole number from 1 to `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  };
}
