/** Tables for a terminal. Colour follows NO_COLOR, as picocolors does. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { IngestAnswer } from './ingest-requests.ts';

const PLAIN = { head: [], border: [], compact: true };
const MAX_CELL = 40;

/** What was read and written, one line per playlist. */
export function answersTable(answers: readonly IngestAnswer[]): string {
  const table = new Table({
    head: [
      'playlist',
      'status',
      'items',
      'tracks',
      'albums',
      'artists',
      'rows written',
      'calls',
      'ms',
    ],
    colAligns: ['left', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
    style: PLAIN,
  });
  for (const answer of answers) table.push(toCells(answer));
  return [table.toString(), ...answers.flatMap(problemLine)].join('\n');
}

function problemLine(answer: IngestAnswer): string[] {
  return 'problem' in answer
    ? [`${pc.red('✖')} ${answer.playlistRef}: ${answer.problem.detail}`]
    : [];
}

function toCells(answer: IngestAnswer): string[] {
  if ('problem' in answer) {
    const { code } = answer.problem;
    return [cell(answer.playlistRef), pc.red(code), ...Array.from({ length: 7 }, () => '')];
  }
  const { counts, ...summary } = answer.summary;
  const rows = Object.values(summary.written).reduce((sum, written) => sum + written, 0);
  return [
    cell(summary.playlist_name),
    summary.status === 'loaded' ? pc.green(summary.status) : pc.dim(summary.status),
    ...[counts.items, counts.tracks, counts.albums, counts.artists].map((count) => cell(count)),
    ...[rows, summary.spotify_requests, summary.duration_ms].map((count) => cell(count)),
  ];
}

/** Some rows of one table, its name above the first column. */
export function rowsTable(
  name: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const table = new Table({ head: [...columns], style: PLAIN });
  for (const row of rows) table.push(columns.map((column) => cell(row[column])));
  return `${pc.cyan(name)}\n${table.toString()}`;
}

function cell(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
