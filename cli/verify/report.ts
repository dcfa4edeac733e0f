/** The output of `verify`: the first findings of each kind as a table, then the verdict. */
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';
import { count, quantity, toTable, writeErrorLine, writeLine } from '../shared/terminal.ts';
import {
  type AffectedPlaylist,
  countFindings,
  type Finding,
  type FindingKind,
  type Verdict,
} from './judge.ts';
import { countAllCalls, countCallsAbout, type Repair } from './repair.ts';

const MAX_SHOWN = 20;
const TITLES: Readonly<Record<FindingKind, readonly [title: string, ...head: string[]]>> = {
  dangling: ['references to missing rows', 'missing row', 'referred to by'],
  count: ['wrong counts', 'playlist', 'says', 'has'],
  malformed: ['malformed', 'row', 'why'],
};

export type Reporter = {
  readonly onFinding?: (finding: Finding) => void;
  readonly onVerdict: (verdict: Verdict, measures: Measures) => void;
  /** The playlists that a repair would load, if it was not requested. */
  readonly onPlan?: (affected: readonly AffectedPlaylist[]) => void;
  readonly onRepair: (repair: Repair) => void;
  readonly onRepaired?: (loaded: number, affected: number) => void;
};
type Measures = { readonly readUnits: number; readonly durationMs: number };

/** For a person: the first findings of each kind as tables. */
export function createTextReporter(stage: string, isRepair: boolean): Reporter {
  const sample: Record<FindingKind, Finding[]> = { malformed: [], dangling: [], count: [] };
  const command = `spotify-etl verify --stage ${stage} --repair`;
  return {
    onFinding: (finding) => {
      const kept = sample[finding.kind];
      if (kept.length < MAX_SHOWN) kept.push(finding);
    },
    onVerdict: (verdict, { durationMs, readUnits }) => {
      for (const found of Object.values(sample)) writeLines(findingTable(found, verdict));
      writeLines([verdictLine(verdict), ...noteLines(verdict)]);
      const seconds = (durationMs / 1000).toFixed(1);
      writeLine(pc.dim(`${seconds} s, ${quantity(Math.ceil(readUnits), 'read unit')}`));
    },
    onPlan: (affected) => {
      if (affected.length === 0) return;
      if (isRepair) writeLines(planLines(affected, command));
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
export const QUIET_REPORTER: Reporter = {
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
function findingTable(found: readonly Finding[], { findings }: Verdict): string[] {
  return found.slice(0, 1).flatMap(({ kind }) => {
    const [title, ...head] = TITLES[kind];
    const table = toTable(
      head,
      found.map((finding) => toCells(finding).map(visible)),
    );
    return [`${pc.bold(count(findings[kind]))} ${title}`, table, ...more(findings[kind])];
  });
}

/** What a repair would do. */
function planLines(affected: readonly AffectedPlaylist[], command: string): string[] {
  const rows = affected.slice(0, MAX_SHOWN).map((playlist) => {
    const { id, moreReasons, why } = playlist;
    const others = moreReasons === 0 ? '' : `, and ${count(moreReasons)} more`;
    return [id, String(countCallsAbout(playlist)), `${why}${others}`].map(visible);
  });
  const calls = quantity(countAllCalls(affected), 'call');
  const playlists = quantity(affected.length, 'playlist');
  return [
    pc.bold('To load again'),
    toTable(['playlist', 'calls', 'why'], rows),
    ...more(affected.length),
    `${playlists}, about ${calls} to Spotify. To load them: ${pc.cyan(`${command} --yes`)}`,
  ];
}

function verdictLine(verdict: Verdict): string {
  const { affected, findings, rows } = verdict;
  const all = Object.values(rows).reduce((sum, one) => sum + one, 0);
  const read = `${quantity(all, 'row')} of ${quantity(rows.playlist, 'playlist')}`;
  if (countFindings(verdict) === 0) return pc.green(`✔ ${read}: nothing is wrong.`);
  const kinds = [
    [findings.malformed, 'malformed'],
    [findings.dangling, 'dangling'],
    [findings.count, 'with a wrong count'],
  ] as const;
  const wrong = kinds
    .filter(([found]) => found > 0)
    .map(([found, kind]) => `${count(found)} ${kind}`);
  return pc.red(
    `✖ ${read}: ${wrong.join(', ')}; ${quantity(affected.length, 'playlist')} affected.`,
  );
}

function noteLines(verdict: Verdict): string[] {
  const { isCutShort, unreached, unreferenced } = verdict;
  const unused = (['track', 'album', 'artist'] as const)
    .filter((table) => unreferenced[table] > 0)
    .map((table) => quantity(unreferenced[table], table));
  return [
    ...(unused.length > 0 ? [pc.dim(`Unused (not a fault): ${unused.join(', ')}.`)] : []),
    ...(unreached > 0 ? [pc.yellow(unreachedLine(verdict))] : []),
    ...(isCutShort ? [pc.yellow(CUT_SHORT)] : []),
  ];
}

const CUT_SHORT =
  '! Too many faults to know every affected playlist at once: repair these, then verify again.';

function unreachedLine({ unreached, unreachedRows }: Verdict): string {
  const names = unreachedRows.map(({ id, table }) => visible(`${table} ${id}`)).join(', ');
  const others = unreached - unreachedRows.length;
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
  }
}

function more(found: number): string[] {
  return found <= MAX_SHOWN
    ? []
    : [pc.dim(`… and ${count(found - MAX_SHOWN)} more: --json prints all`)];
}
