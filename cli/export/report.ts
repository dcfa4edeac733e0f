/** The output of an export: a table on a terminal, plain lines in a log. */
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';
import { count, quantity, toTable } from '../shared/terminal.ts';
import type { ExportSummary } from './export-rows.ts';

type Reported = ExportSummary & { readonly readUnits: number };

/** The result for a person at a terminal. */
export function summaryTable({ durationMs, files, readUnits }: Reported): string {
  const rows = files.map(({ bytes, path, rows }) => [
    pc.cyan(visible(path)),
    count(rows),
    toSize(bytes),
  ]);
  const units = readUnits > 0 ? `, ${count(Math.ceil(readUnits))} read units` : '';
  return [
    toTable(['file', 'rows', 'size'], rows, ['left', 'right', 'right']),
    pc.dim(`${(durationMs / 1000).toFixed(1)} s${units}`),
  ].join('\n');
}

/** The result for a log: one line per file. */
export function summaryLines({ files }: Reported): string {
  return files
    .map(({ bytes, path, rows }) => `${visible(path)}: ${rows} rows, ${bytes} bytes`)
    .join('\n');
}

/** What the files lack. */
export function warningLines({ tables, tooLong }: Reported, stage?: string): string[] {
  const unknown = tables.flatMap(({ table, unknownAttributes }) =>
    unknownAttributes.length === 0
      ? []
      : [
          `The ${table} table has attributes that this version does not know; they are not in the files: ${unknownAttributes.join(', ')}`,
        ],
  );
  const malformed = tables.reduce((sum, table) => sum + table.malformed, 0);
  const verify = stage === undefined ? 'verify' : `verify --stage ${stage}`;
  return [
    ...unknown,
    ...(malformed === 0
      ? []
      : [
          `${quantity(malformed, 'malformed row')}, exported as far as possible. What is wrong: npx spotify-etl ${verify}`,
        ]),
    ...(tooLong === 0
      ? []
      : [`${quantity(tooLong, 'text')} longer than a cell of a spreadsheet, left out`]),
  ];
}

/** The result for a program. */
export function summaryJson({ durationMs, files, readUnits, tables }: Reported): string {
  return JSON.stringify({
    files,
    tables: tables.map(({ unknownAttributes, ...table }) => ({
      ...table,
      unknown_attributes: unknownAttributes,
    })),
    read_units: readUnits,
    duration_ms: durationMs,
  });
}

function toSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
