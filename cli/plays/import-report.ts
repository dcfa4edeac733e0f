/** What `plays import` prints. */
import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { ImportReport } from '../../app/plays-import.ts';
import { visible } from '../../lib/plain-text.ts';
import { BAR_OPTIONS } from '../../lib/progress-bar.ts';
import {
  count,
  quantity,
  toTable,
  wrap,
  writeError,
  writeLine,
  writeWarning,
} from '../shared/terminal.ts';

type FileReport = ImportReport['files'][number];

export type ImportReporter = {
  readonly onStart: (bytes: number) => void;
  readonly onFile: (file: FileReport, bytes: number) => void;
  readonly onEnd: (report: ImportReport, place: string) => void;
  readonly close: () => void;
};

/** Longer lists say how many more there are. */
const MAX_SHOWN = 20;
const COLUMNS = 80;

export function createImportReporter({
  json,
  quiet,
}: {
  readonly json: boolean;
  readonly quiet: boolean;
}): ImportReporter {
  const bar = json || quiet || !process.stderr.isTTY ? undefined : createBar();
  return {
    onStart: (bytes) => bar?.start(bytes, 0, { name: '' }),
    onFile: ({ name }, bytes) => bar?.update(bytes, { name: name.slice(-30) }),
    onEnd: (report, place) => {
      bar?.stop();
      if (json) writeLine(JSON.stringify(toJson(report)));
      else if (!quiet) toLines(report, place).forEach(writeLine);
      for (const { name, reason } of report.badFiles) {
        writeError(`${visible(name)} was not imported. ${reason}`);
      }
      if (!json) shorten(report.refusedRows).forEach(writeWarning);
    },
    close: () => bar?.stop(),
  };
}

function createBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {percentage} %  {name}',
    barsize: 30,
    ...BAR_OPTIONS,
    stream: process.stderr,
  });
}

function toJson(report: ImportReport): object {
  const { badFiles, differencesMs, files, gapsClosed, refusedRows, ...counts } = report;
  return {
    ...counts,
    gaps_closed: gapsClosed,
    paired: differencesMs.length,
    difference_ms: toDistribution(differencesMs),
    files,
    bad_files: badFiles,
    refused_rows: refusedRows,
  };
}

const FATES = ['read', 'new', 'known', 'repeated', 'refused', 'forgotten', 'private'] as const;

/** Nothing where no file could be read. */
function toLines(report: ImportReport, place: string): string[] {
  const { differencesMs, files, gapsClosed } = report;
  if (files.length === 0) return [];
  const extended = files.filter(({ format }) => format === 'extended').length;
  const account = files.length - extended;
  const kinds = [
    ...(extended > 0 ? [`${quantity(extended, 'file')} of the extended streaming history`] : []),
    ...(account > 0 ? [`${quantity(account, 'file')} of the account data`] : []),
  ];
  const rows = FATES.map((fate) => [fate, count(report[fate])]);
  return [
    `${kinds.join(' and ')}.`,
    ...(extended === 0 && account > 0 ? wrap(ACCOUNT_ONLY, COLUMNS) : []),
    toTable(['rows', ''], rows, ['left', 'right']),
    ...(report.private > 0
      ? [pc.dim('Plays of private sessions are not stored; --with-private takes them.')]
      : []),
    ...(differencesMs.length > 0 ? wrap(describePairs(differencesMs), COLUMNS).map(pc.dim) : []),
    ...(gapsClosed > 0 ? [`${quantity(gapsClosed, 'gap')} closed.`] : []),
    `Library: ${place}`,
    'Next:    npx spotify-etl plays top songs',
  ];
}

const ACCOUNT_ONLY =
  'That is the last 12 months, by name and minute. The extended streaming history has all years: https://www.spotify.com/account/privacy/';

function describePairs(differencesMs: readonly number[]): string {
  const { largest, median, p95, p99 } = toDistribution(differencesMs) ?? {};
  const seconds = (ms = 0): string => `${(ms / 1000).toFixed(1)} s`;
  return `${quantity(differencesMs.length, 'play')} known from polls too. Their times differ by ${seconds(median)} in the middle, ${seconds(p95)} at 95 %, ${seconds(p99)} at 99 %, ${seconds(largest)} at most.`;
}

/** Of the sizes of these differences. */
function toDistribution(differencesMs: readonly number[]) {
  const sizes = differencesMs.map(Math.abs).sort((one, other) => one - other);
  if (sizes.length === 0) return undefined;
  const at = (share: number): number =>
    sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99), largest: at(1) };
}

function shorten(refused: ImportReport['refusedRows']): string[] {
  const shown = refused
    .slice(0, MAX_SHOWN)
    .map(({ file, index, reason }) => `${visible(file)}, row ${index}: ${reason}`);
  const more = refused.length - shown.length;
  return more > 0 ? [...shown, `${count(more)} more rows were refused; --json lists all.`] : shown;
}
