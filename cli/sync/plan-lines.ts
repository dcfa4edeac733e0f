/** A plan as lines for a terminal. */
import pc from 'picocolors';
import { countCalls, type PlannedSync } from '../../app/sync.ts';
import { hasChanges, type Named, toCounts, toTitle } from '../../app/sync-report.ts';
import type { Guard, ListEntry, SyncPlan } from '../../etl/model/sync.ts';
import { subtract } from '../../etl/model/sync-writes.ts';
import { visible } from '../../lib/plain-text.ts';
import { count, quantity, wrap } from '../shared/terminal.ts';

/** More lines of one kind are counted, not shown: on a terminal, and elsewhere. */
const MAX_LINES = 30;
const MAX_PIPED_LINES = 200;

/** `place` is where the entry is or goes, for the eye only. */
type Line = { readonly place: string; readonly text: string };

export function planLines(named: Named, planned: PlannedSync): string[] {
  const { clears, creates, plan } = planned;
  const { add, after, before, move, notCopyable, remove } = plan;
  const toLine = (list: readonly ListEntry[]): ((entry: ListEntry) => Line) => {
    const places = new Map(list.map((entry, at) => [entry, String(at + 1)]));
    return (entry) => ({ place: places.get(entry) ?? '', text: toTitle(entry) });
  };
  return [
    pc.bold(cut(`${visible(named.name)} (${named.mode})`)),
    ...(creates !== undefined && plan.stages.length > 0
      ? [`Creates the list ${visible(creates)}, for you alone.`]
      : []),
    ...toLines(pc.green('+'), add.map(toLine(after))),
    ...toLines(pc.red('-'), remove.map(toLine(before))),
    ...toLines(
      pc.yellow('↕'),
      move.map(({ from, items: [first, ...more], to }) => {
        const others = more.length === 0 ? '' : ` and ${more.length} more`;
        return { place: `${from + 1} → ${to + 1}`, text: `${toTitle(first)}${others}` };
      }),
    ),
    ...toLines(
      pc.dim('?'),
      notCopyable.map((entry) => ({ place: '', text: whyNot(entry) })),
    ),
    ...heldLines(plan),
    ...(clears.length > 0
      ? [
          `Then takes ${quantity(clears.length, 'song')} out of the inbox, once the target has them.`,
        ]
      : []),
    toClosingLine(planned),
  ];
}

function toLines(sign: string, lines: readonly Line[]): string[] {
  const most = process.stdout.isTTY ? MAX_LINES : MAX_PIPED_LINES;
  const shown = lines.slice(0, most);
  const width = Math.max(0, ...shown.map(({ place }) => place.length));
  const texts = shown.map(({ place, text }) => {
    const padded = width === 0 ? '' : `${place.padStart(width)} `;
    return `${sign} ${cut(`${padded}${text}`, 2)}`;
  });
  const more = lines.length - shown.length;
  return more > 0 ? [...texts, pc.dim(`  … and ${count(more)} more`)] : texts;
}

/** To the width of the terminal, less what stands before it. */
function cut(text: string, before = 0): string {
  const characters = Array.from(text);
  const room = toRoom() - before;
  return characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : text;
}

function toRoom(): number {
  const { columns, isTTY } = process.stdout;
  return isTTY ? columns - 1 : Number.POSITIVE_INFINITY;
}

function whyNot(entry: ListEntry): string {
  if (entry.kind === 'local') return `${toTitle(entry)}: a local file cannot be copied`;
  if (entry.uri === undefined) {
    return `${entry.name === undefined ? '' : `${visible(entry.name)}: `}withdrawn by Spotify`;
  }
  return `${toTitle(entry)}: Spotify does not take it; tried again after 30 days`;
}

export const heldLines = (plan: SyncPlan): string[] =>
  plan.held.flatMap((guard) =>
    wrap(`! Held: ${describeGuard(guard, plan)}`, toRoom()).map((line) => pc.yellow(line)),
  );

function describeGuard(guard: Guard, { remove }: SyncPlan): string {
  switch (guard) {
    case 'collapse':
      return 'the source has less than 40 % of the items it had. If it is still so on another day, it is believed; at once with --allow-empty.';
    case 'empty':
      return 'the source is empty. If it really is, give --allow-empty.';
    case 'exact':
      return 'this exact mirror removes whatever its source lacks. If it may, give --confirm-exact once.';
    case 'removals':
      return `${quantity(remove.length, 'removal')}, more than this pair may. To remove them: --allow-removals ${remove.length}`;
    case 'rewrite':
      return 'to put so many items into order, the list has to be written again. --allow-rewrite empties it and fills it in several calls: until the last one it is cut short, and the dates added are lost. A new target (new:<name>) has no such moment.';
    case 'quota':
      return 'more calls than are left today. Nothing was begun.';
  }
}

/** `Plan: 30 to add, 0 to remove, 0 to move · 1 write, 1 check · 838 calls left today.` */
function toClosingLine(planned: PlannedSync): string {
  const { callsLeft, plan } = planned;
  const { add, move, remove } = toCounts(plan);
  if (!hasChanges(planned)) return 'No changes.';
  const { checkCalls, writeCalls } = countCalls(plan);
  const left = Number.isFinite(callsLeft) ? ` · ${count(callsLeft)} calls left today` : '';
  return `Plan: ${count(add)} to add, ${count(remove)} to remove, ${count(move)} to move · ${quantity(writeCalls, 'write')}, ${quantity(checkCalls, 'check')}${left}.`;
}

/** What a stale plan has met. */
export function differenceLines({ before }: SyncPlan, now: readonly ListEntry[]): string[] {
  const [came, went] = [subtract(now, before), subtract(before, now)];
  const toLine = (entry: ListEntry): Line => ({ place: '', text: toTitle(entry) });
  const lines = [
    ...toLines(pc.green('+'), came.map(toLine)),
    ...toLines(pc.red('-'), went.map(toLine)),
  ];
  return lines.length > 0
    ? lines
    : ['The items are the same, in another order or with another owner.'];
}
