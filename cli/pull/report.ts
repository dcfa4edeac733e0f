/** The output of a pull: a table on a terminal, plain lines in a log. */
import pc from 'picocolors';
import type { Pulled } from '../../app/pull.ts';
import { count, quantity, toTable, writeLine, writeWarning } from '../shared/terminal.ts';

type PullSummary = Pulled & {
  readonly stage: string;
  readonly library: string;
  readonly readUnits: number;
  readonly durationMs: number;
};

export function reportPull(
  summary: PullSummary,
  { json, quiet }: Readonly<Record<'json' | 'quiet', boolean>>,
): void {
  for (const line of warningsOf(summary)) writeWarning(line);
  if (json) writeLine(toJson(summary));
  else if (!quiet) writeLine(process.stdout.isTTY ? toText(summary) : toLines(summary));
}

function warningsOf({ stage, tables }: PullSummary): string[] {
  const verify = `spotify-etl verify --stage ${stage}`;
  return tables.flatMap(({ malformed, missing, table, unknownAttributes }) => [
    ...(unknownAttributes.length === 0
      ? []
      : [
          `The ${table} table has attributes that this version does not know; they are not in the library: ${unknownAttributes.join(', ')}`,
        ]),
    ...(malformed === 0
      ? []
      : [
          `${quantity(malformed, `${table} row`)} malformed, so not whole in the library. Which: ${verify}`,
        ]),
    ...(missing === 0
      ? []
      : [
          `${quantity(missing, `${table} row`)} missing, though others refer to them. Which: ${verify}`,
        ]),
  ]);
}

function listRows({ plays, tables }: PullSummary): { table: string; rows: number }[] {
  return [...tables, ...(plays === undefined ? [] : [{ table: 'play', rows: plays }])];
}

function toText(summary: PullSummary): string {
  const { durationMs, library, readUnits } = summary;
  const cells = listRows(summary).map(({ rows, table }) => [table, count(rows)]);
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    toTable(['table', 'rows'], cells, ['left', 'right']),
    pc.cyan(library),
    pc.dim(`${seconds} s, ${count(Math.ceil(readUnits))} read units`),
  ].join('\n');
}

function toLines(summary: PullSummary): string {
  const lines = listRows(summary).map(({ rows, table }) => `${table}: ${rows} rows`);
  return [...lines, summary.library].join('\n');
}

function toJson({ durationMs, library, plays, readUnits, stage, tables }: PullSummary): string {
  return JSON.stringify({
    stage,
    library,
    tables: tables.map(({ unknownAttributes: unknown_attributes, ...table }) => ({
      ...table,
      unknown_attributes,
    })),
    plays,
    read_units: readUnits,
    duration_ms: durationMs,
  });
}
