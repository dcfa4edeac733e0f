/** The output of an export: a table on a terminal, plain lines in a log. */
import pc from 'picocolors';
import { count, toTable } from '../shared/terminal.ts';
import type { ExportSummary } from './export-tables.ts';

/** The result for a person at a terminal. */
export function summaryTable({ tables, readUnits, durationMs }: ExportSummary): string {
  const rows = tables.map(({ bytes, path, rows, table }) => [
    table,
    count(rows),
    toSize(bytes),
    pc.cyan(path),
  ]);
  return [
    toTable(['table', 'rows', 'size', 'file'], rows, ['left', 'right', 'right', 'left']),
    pc.dim(`${(durationMs / 1000).toFixed(1)} s, ${count(Math.ceil(readUnits))} read units`),
  ].join('\n');
}

/** The result for a log: one line per table. */
export function summaryLines({ tables }: ExportSummary): string {
  return tables
    .map(({ bytes, path, rows, table }) => `${table}: ${rows} rows, ${bytes} bytes, ${path}`)
    .join('\n');
}

/** Attributes that are not in the files, one line per table. */
export function unknownAttributeLines({ tables }: ExportSummary): string[] {
  return tables.flatMap(({ table, tableName, unknownAttributes }) =>
    unknownAttributes.length === 0
      ? []
      : [
          `${tableName} has attributes that this version does not know; they are not in the ${table} file: ${unknownAttributes.join(', ')}`,
        ],
  );
}

/** The result for a program. */
export function summaryJson({ tables, readUnits, durationMs }: ExportSummary): string {
  return JSON.stringify({
    tables: tables.map(({ table, tableName, path, rows, bytes, unknownAttributes }) => {
      const renamed = { table, table_name: tableName, path, rows, bytes };
      return { ...renamed, unknown_attributes: unknownAttributes };
    }),
    read_units: readUnits,
    duration_ms: durationMs,
  });
}

function toSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
