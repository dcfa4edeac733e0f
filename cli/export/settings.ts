import { InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import type { Table } from '../../etl/model/records.ts';
import { EXPORT_TABLES } from './columns.ts';
import { FORMATS } from './formats.ts';

/** The command line, parsed. */
export const optionsSchema = z.object({
  stage: z.string(),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
  endpointUrl: z.optional(z.string()),
  tables: z.optional(z.array(z.enum(EXPORT_TABLES))),
  format: z.enum(FORMATS),
  out: z.string(),
  spreadsheet: z._default(z.boolean(), false),
  segments: z.number(),
  readUnitsPerSecond: z.number(),
  json: z._default(z.boolean(), false),
  quiet: z._default(z.boolean(), false),
});

export type CommandOptions = z.infer<typeof optionsSchema>;

/** `playlist,track` as tables. */
export function parseTables(text: string): Table[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const table = EXPORT_TABLES.find((one) => one === name);
    if (table !== undefined) return table;
    throw new InvalidArgumentError(`Choose from ${EXPORT_TABLES.join(', ')}, with commas between.`);
  });
}

/** A whole number from 1 to `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  };
}
