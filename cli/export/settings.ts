import { InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import type { Table } from '../../etl/model/records.ts';
import { readOptionsSchema } from '../shared/read-options.ts';
import { EXPORT_TABLES } from './columns.ts';
import { FORMATS } from './formats.ts';

/** The command line, parsed. */
export const optionsSchema = z.object({
  ...readOptionsSchema.shape,
  tables: z.optional(z.array(z.enum(EXPORT_TABLES))),
  format: z.enum(FORMATS),
  out: z.string(),
  spreadsheet: z._default(z.boolean(), false),
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
