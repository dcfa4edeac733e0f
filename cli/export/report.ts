/** What an export shows: a bar and a table on a terminal, plain lines in a log. Colour follows NO_COLOR, as picocolors does. */
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { ExportProgress, TableSummary } from './export-table.ts';
import type { ExportSummary } from './export-tables.ts';

const PHASES = { read: 'reading', write: 'writing' } as const;
const count = (value: number): string => value.toLocaleString('en-US');

/** A bar on standard error. `stop` takes it away. */
export function createBar(): { update: (progress: ExportProgress) => void; stop: () => void } {
  let table: string | undefined;
  let startedAt = 0;
  const bar = new SingleBar({
    format: '{phase} {table} {bar} {rows} of {outOf}, {rate} rows/s',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
  });
  return {
    update: (progress) => {
      const { phase, rows, totalRows } = progress;
      if (`${phase} ${progress.table}` !== table) {
        table = `${phase} ${progress.table}`;
        startedAt = Date.now();
        bar.stop();
        bar.start(Math.max(1, totalRows ?? rows), 0, toPayload(progress, 0));
      }
      // DynamoDB's count may be too low: the bar is never more than full.
      bar.setTotal(Math.max(1, rows, totalRows ?? rows));
      bar.update(rows, toPayload(progress, Date.now() - startedAt));
    },
    stop: () => {
      bar.stop();
    },
  };
}

function toPayload(
  { phase, rows, table, totalRows }: ExportProgress,
  elapsedMs: number,
): Record<string, string> {
  const known = totalRows === undefined ? 'an unknown number' : count(Math.max(rows, totalRows));
  return {
    phase: PHASES[phase],
    table: table.padEnd(8),
    rows: count(rows),
    outOf: phase === 'read' && totalRows !== undefined ? `about ${known}` : known,
    rate: count(Math.round(rows / Math.max(0.001, elapsedMs / 1000))),
  };
}

/** The result for a person at a terminal. */
export function summaryTable({ tables, readUnits, durationMs }: ExportSummary): string {
  const table = new Table({
    head: ['table', 'rows', 'size', 'file'],
    colAligns: ['left', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of tables) {
    table.push([one.table, count(one.rows), toSize(one.bytes), pc.cyan(one.path)]);
  }
  return [
    table.toString(),
    pc.dim(`${(durationMs / 1000).toFixed(1)} s, ${count(Math.ceil(readUnits))} read units`),
  ].join('\n');
}

/** The result for a log: one line per table. */
export function summaryLines({ tables }: ExportSummary): string {
  return tables
    .map(({ bytes, path, rows, table }) => `${table}: ${rows} rows, ${bytes} bytes, ${path}`)
    .join('\n');
}

/** What is not in the files, one line per table; nothing where nothing is missing. */
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
    tables: tables.map(toJson),
    read_units: readUnits,
    duration_ms: durationMs,
  });
}

function toJson(summary: TableSummary): Record<string, unknown> {
  return {
    table: summary.table,
    table_name: summary.tableName,
    path: summary.path,
    rows: summary.rows,
    bytes: summary.bytes,
    unknown_attributes: summary.unknownAttributes,
  };
}

function toSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
