/** What a verification shows: the first findings of each kind as a table, then what it comes to. Colour follows NO_COLOR. */
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';
import { count, quantity, toTable } from '../shared/terminal.ts';
import type { AffectedPlaylist, Finding, FindingKind, Verdict } from './judge.ts';
import { countCallsAbout, type Repair } from './repair.ts';

const MAX_SHOWN = 20;
const TITLES: Readonly<Record<FindingKind, readonly [title: string, ...head: string[]]>> = {
  dangling: ['references to missing rows', 'missing row', 'referred to by'],
  count: ["whose count is not the playlist's own", 'playlist', 'says', 'has'],
  malformed: ['malformed', 'row', 'why'],
};

type FindingSample = Readonly<Record<FindingKind, Finding[]>>;

/** Keeps the first findings of each kind. */
export function createSample(): { sample: FindingSample; add: (finding: Finding) => void } {
  const sample: FindingSample = { dangling: [], count: [], malformed: [] };
  return {
    sample,
    add: (finding) => {
      const kept = sample[finding.kind];
      if (kept.length < MAX_SHOWN) kept.push(finding);
    },
  };
}

/** A table for each kind of finding that there is. */
export function findingTables(sample: FindingSample, { findings }: Verdict): string[] {
  return (['malformed', 'dangling', 'count'] as const).flatMap((kind) => {
    const [title, ...head] = TITLES[kind];
    const rows = sample[kind].map((finding) => toCells(finding).map(visible));
    return rows.length === 0
      ? []
      : [
          `${pc.bold(count(findings[kind]))} ${title}`,
          toTable(head, rows),
          ...more(findings[kind]),
        ];
  });
}

/** What a repair would do. */
export function planTable(affected: readonly AffectedPlaylist[]): string[] {
  const rows = affected.slice(0, MAX_SHOWN).map((playlist) => {
    const { id, moreReasons, why } = playlist;
    const others = moreReasons === 0 ? '' : `, and ${count(moreReasons)} more`;
    return [id, String(countCallsAbout(playlist)), `${why}${others}`].map(visible);
  });
  return rows.length === 0
    ? []
    : [
        pc.bold('To be loaded again'),
        toTable(['playlist', 'calls', 'why'], rows),
        ...more(affected.length),
      ];
}

/** What was found, in a line. */
export function verdictLine(verdict: Verdict): string {
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

/** What else is to be known. */
export function noteLines(verdict: Verdict): string[] {
  const { isCutShort, unreached, unreferenced } = verdict;
  const unused = (['track', 'album', 'artist'] as const)
    .filter((table) => unreferenced[table] > 0)
    .map((table) => quantity(unreferenced[table], table));
  return [
    ...(unused.length > 0 ? [pc.dim(`Unused, which is not a fault: ${unused.join(', ')}.`)] : []),
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

/** What a repair of one playlist came to. */
export function repairLine({ id, isLoaded, message }: Repair): string {
  const mark = isLoaded ? pc.green('✔') : pc.red('✖');
  return `${mark} ${id}  ${visible(message)}`;
}

/** The number of all findings. */
export function countFindings({ findings }: Pick<Verdict, 'findings'>): number {
  return findings.malformed + findings.dangling + findings.count;
}

/** All calls of a repair. */
export function countAllCalls(affected: readonly AffectedPlaylist[]): number {
  return affected.reduce((sum, playlist) => sum + countCallsAbout(playlist), 0);
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
