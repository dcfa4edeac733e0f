/** `spotify-etl sync list` and `sync log`: the pairs, and what their runs have done. */
import pc from 'picocolors';
import { openSyncJournal } from '../../app/sync.ts';
import { toPairs } from '../../app/sync-pairs.ts';
import type { EndedSyncRun, RunChanges } from '../../etl/model/sync.ts';
import { visible } from '../../lib/plain-text.ts';
import { readSyncs, type SyncRow } from '../../trigger/syncs-file.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { count, toTable, writeLine } from '../shared/terminal.ts';
import { withLibrary } from '../shared/with-library.ts';
import { fileOption } from './options.ts';
import { showFaults } from './plan.ts';

const listOptions = { file: fileOption, json: flag('--json', 'print a JSON object') };

export const listCommand = defineCommand({
  name: 'list',
  description: 'Shows the pairs of syncs.csv, and what is wrong with them.',
  options: listOptions,
  help: ['Exit codes: 0 done, 1 a row is faulty, 2 wrong usage.'],
  run: async ({ file, json }: OptionsOf<typeof listOptions>) => {
    const rows = await readSyncs(file);
    const pairs = toPairs(rows, []);
    if (json) {
      const all = rows.map(({ line: _line, ...row }) => row);
      writeLine(JSON.stringify({ pairs: all, errors: pairs.faults }));
      return pairs.faults.length > 0 ? 1 : 0;
    }
    rows.flatMap(toPairLines).forEach(writeLine);
    return showFaults(pairs);
  },
});

function toPairLines({ apply, last_run, mode, name, response, target }: SyncRow): string[] {
  const where = mode === 'dated' ? 'a list for each week' : target;
  const about = `(${mode || 'append'}, ${apply || 'ask'}) → ${where}`;
  const run = last_run === '' ? 'not run yet' : `${toMinute(last_run)}  ${response}`;
  return [`${pc.bold(visible(name))} ${visible(about)}`, `  ${visible(run)}`];
}

const toMinute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const logOptions = { library: libraryOption, json: flag('--json', 'print a JSON object') };

export const logCommand = defineCommand({
  name: 'log',
  description: 'Shows the runs that have written to targets, the newest first.',
  arguments: [['[name]', 'of one pair']],
  options: logOptions,
  help: [
    'Examples:',
    '  spotify-etl sync log Inbox',
    '  spotify-etl sync undo Inbox --run 574ba9b2     an id of the log, or its beginning',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run: async ({ json, library: place }: OptionsOf<typeof logOptions>, [name]) =>
    await withLibrary(findFilledLibrary(place, process.env, 'sync apply'), async (library) => {
      const journal = openSyncJournal(library);
      const changes = await journal.countChanges(name);
      const runs = (await journal.listRuns(name)).map((run) => ({
        ...run,
        ...(changes.get(run.run_id) ?? { added: 0, removed: 0 }),
      }));
      if (json) writeLine(JSON.stringify({ runs }));
      else if (runs.length === 0) writeLine('No run has written anything yet.');
      else writeLine(toLog(runs));
      return 0;
    }),
});

/** As short as the runs can be told apart by. */
const MIN_ID = 8;
const MAX_PAIR = 20;

type LoggedRun = EndedSyncRun & RunChanges;

function toLog(runs: readonly LoggedRun[]): string {
  let length = MIN_ID;
  const isShort = (): boolean =>
    new Set(runs.map(({ run_id }) => run_id.slice(0, length))).size < runs.length;
  while (isShort()) length += 1;
  const rows = runs.map((run) => [
    ...[toMinute(run.started_at), toPairName(run), toKind(run)],
    ...[toCount('+', run.added), toCount('-', run.removed), run.outcome ?? 'cut off'],
    run.run_id.slice(0, length),
  ]);
  const head = ['started', 'pair', 'kind', 'added', 'removed', 'outcome', 'run'];
  return toTable(head, rows, ['left', 'left', 'left', 'right', 'right']);
}

const toCount = (sign: string, items: number): string =>
  items === 0 ? '' : `${sign}${count(items)}`;

function toPairName({ pair }: LoggedRun): string {
  return visible(pair.length > MAX_PAIR ? `${pair.slice(0, MAX_PAIR - 1)}…` : pair);
}

function toKind({ kind, undoes }: LoggedRun): string {
  if (undoes !== undefined) return 'undo';
  return kind === 'version' ? 'restore' : kind;
}
