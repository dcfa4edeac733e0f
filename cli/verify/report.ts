/** The output of `verify`: the first findings of each kind as a table, then the verdict. */
import pc from 'picocolors';
import type { AffectedPlaylist, Finding, FindingKind, Verdict } from '../../app/verify.ts';
import { visible } from '../../lib/plain-text.ts';
import { count, quantity, toTable, writeErrorLine, writeLine } from '../shared/terminal.ts';
import type { Repair } from './repair.ts';

const MAX_SHOWN = 20;
const KINDS: Readonly<
  Record<
    FindingKind,
    { readonly title: string; readonly head: readonly string[]; readonly is: string }
  >
> = {
  malformed: { title: 'malformed', head: ['row', 'why'], is: 'malformed' },
  dangling: {
    title: 'references to missing rows',
    head: ['missing row', 'referred to by'],
    is: 'dangling',
  },
  count: { title: 'wrong counts', head: ['playlist', 'says', 'has'], is: 'with a wrong count' },
  import: { title: 'unfinished imports', head: ['file'], is: 'of an unfinished import' },
};
const KIND_NAMES = ['malformed', 'dangling', 'count', 'import'] as const;

export type Reporter = {
  readonly onFinding?: (finding: Finding) => void;
  readonly onVerdict: (verdict: Verdict, measures: Measures) => void;
  /** What a repair would load, if it was not requested. */
  readonly onPlan?: (verdict: Verdict) => void;
  readonly onRepair: (repair: Repair) => void;
  readonly onRepaired?: (loaded: number, affected: number) => void;
};
type Measures = { readonly readUnits: number; readonly durationMs: number };

type Given = Readonly<Record<'quiet' | 'repair', boolean>> & {
  readonly library?: string | undefined;
};

/** For a person, or for cron. */
export function createTextReporter(given: Given, stage: string | undefined): Reporter {
  if (given.quiet) return QUIET_REPORTER;
  const library = given.library === undefined ? '' : ` --library ${given.library}`;
  const home = stage === undefined ? library : ` --stage ${stage}`;
  return createTableReporter(`spotify-etl verify${home} --repair`, given.repair);
}

/** The number of all findings. */
export function countFindings({ findings }: Pick<Verdict, 'findings'>): number {
  return Object.values(findings).reduce((sum, found) => sum + found, 0);
}

export function countCalls(playlists: readonly AffectedPlaylist[]): number {
  return playlists.reduce((sum, { calls }) => sum + calls, 0);
}

/** For a person: the first findings of each kind as tables. */
function createTableReporter(command: string, isRepair: boolean): Reporter {
  const sample: Record<FindingKind, Finding[]> = {
    malformed: [],
    dangling: [],
    count: [],
    import: [],
  };
  return {
    onFinding: (finding) => {
      const kept = sample[finding.kind];
      if (kept.length < MAX_SHOWN) kept.push(finding);
    },
    onVerdict: (verdict, { durationMs, readUnits }) => {
      for (const kind of KIND_NAMES) writeLines(findingTable(kind, sample[kind], verdict));
      writeLines([verdictLine(verdict), ...noteLines(verdict)]);
      const seconds = `${(durationMs / 1000).toFixed(1)} s`;
      const units = readUnits === 0 ? '' : `, ${quantity(Math.ceil(readUnits), 'read unit')}`;
      writeLine(pc.dim(`${seconds}${units}`));
    },
    onPlan: ({ findings, toLoad }) => {
      if (toLoad.length === 0 && findings.import === 0) return;
      if (isRepair) writeLines(planLines(toLoad, command));
      else writeLine(`To fix it: ${pc.cyan(command)}`);
    },
    onRepair: (repair) => {
      writeLine(repairLine(repair));
    },
    onRepaired: (loaded, affected) => {
      const playlists = quantity(affected, 'playlist');
      writeLine(`${loaded} of ${playlists} loaded again. Verify again to check.`);
    },
  };
}

/** Only problems, on standard error: for cron, which mails output. */
const QUIET_REPORTER: Reporter = {
  onVerdict: (verdict) => {
    if (countFindings(verdict) > 0) writeErrorLine(verdictLine(verdict));
  },
  onRepair: (repair) => {
    if (!repair.isLoaded) writeErrorLine(repairLine(repair));
  },
};

function writeLines(lines: readonly string[]): void {
  for (const line of lines) writeLine(line);
}

/** The first findings of one kind. */
function findingTable(
  kind: FindingKind,
  found: readonly Finding[],
  { findings }: Verdict,
): string[] {
  if (found.length === 0) return [];
  const { head, title } = KINDS[kind];
  const cells = found.map((finding) => toCells(finding).map(visible));
  return [
    `${pc.bold(count(findings[kind]))} ${title}`,
    toTable(head, cells),
    ...more(findings[kind]),
  ];
}

/** What a repair would do. */
function planLines(toLoad: readonly AffectedPlaylist[], command: string): string[] {
  const rows = toLoad.slice(0, MAX_SHOWN).map(({ calls, id, moreReasons, why }) => {
    const others = moreReasons === 0 ? '' : `, and ${count(moreReasons)} more`;
    return [id, String(calls), `${why}${others}`].map(visible);
  });
  const calls = quantity(countCalls(toLoad), 'call');
  const playlists = quantity(toLoad.length, 'playlist');
  return [
    pc.bold('To load again'),
    toTable(['playlist', 'calls', 'why'], rows),
    ...more(toLoad.length),
    `${playlists}, about ${calls} to Spotify. To load them: ${pc.cyan(`${command} --yes`)}`,
  ];
}

function verdictLine(verdict: Verdict): string {
  const { affected, findings, rows } = verdict;
  const all = Object.values(rows).reduce((sum, one) => sum + one, 0);
  const read = `${quantity(all, 'row')} of ${quantity(rows.playlist, 'playlist')}`;
  if (countFindings(verdict) === 0) return pc.green(`✔ ${read}: nothing is wrong.`);
  const wrong = KIND_NAMES.filter((kind) => findings[kind] > 0).map(
    (kind) => `${count(findings[kind])} ${KINDS[kind].is}`,
  );
  return pc.red(`✖ ${read}: ${wrong.join(', ')}; ${quantity(affected, 'playlist')} affected.`);
}

function noteLines(verdict: Verdict): string[] {
  const { unreached, unreferenced } = verdict;
  const unused = (['track', 'album', 'artist'] as const)
    .filter((table) => unreferenced[table] > 0)
    .map((table) => quantity(unreferenced[table], table));
  return [
    ...(unused.length > 0
      ? [pc.dim(`Nothing refers to, and no fault: ${unused.join(', ')}.`)]
      : []),
    ...(unreached > 0 ? [pc.yellow(unreachedLine(verdict))] : []),
  ];
}

function unreachedLine({ firstUnreached, unreached }: Verdict): string {
  const names = firstUnreached.map(({ id, table }) => visible(`${table} ${id}`)).join(', ');
  const others = unreached - firstUnreached.length;
  const rest = others === 0 ? '' : ` and ${count(others)} more`;
  return `! No playlist leads to ${quantity(unreached, 'faulty row')}, so no repair fixes them; delete them: ${names}${rest}`;
}

function repairLine({ id, isLoaded, message }: Repair): string {
  const mark = isLoaded ? pc.green('✔') : pc.red('✖');
  return `${mark} ${id}  ${visible(message)}`;
}

function toCells(finding: Finding): string[] {
  switch (finding.kind) {
    case 'dangling':
      return [`${finding.table} ${finding.id}`, `${finding.from.table} ${finding.from.id}`];
    case 'count':
      return [finding.id, count(finding.items), count(finding.counted)];
    case 'malformed':
      return [`${finding.table} ${finding.id}`, finding.why];
    case 'import':
      return [finding.id];
  }
}

function more(found: number): string[] {
  return found <= MAX_SHOWN
    ? []
    : [pc.dim(`… and ${count(found - MAX_SHOWN)} more: --json prints all`)];
}
