/** A list as it would be after each write. Pure. */
import { type ItemsWrite, PAGE_ITEMS, type SyncStage } from '../model/sync.ts';
import { applyWrite, hashList, type Token } from '../model/sync-writes.ts';

/** With which a playlist comes. */
const FIRST_PAGE = 100;

/** How many calls read a list of so many items. */
export function countReadCalls(items: number): number {
  return 1 + Math.ceil(Math.max(0, items - FIRST_PAGE) / PAGE_ITEMS);
}

/** Makes writes on a list of our own, and notes the hash after each. */
export class Draft {
  items: readonly Token[];
  #steps: SyncStage['steps'] = [];

  constructor(items: readonly Token[]) {
    this.items = items;
  }

  make(write: ItemsWrite, tokens?: readonly Token[]): void {
    this.items = applyWrite(this.items, write, tokens);
    this.#steps.push({ write, hash: hashList(this.items.map(({ entry }) => entry)) });
  }

  endStage(): SyncStage {
    const steps = this.#steps;
    this.#steps = [];
    return { steps, checkCalls: countCheckCalls(steps, this.items.length) };
  }
}

/** What only adds to one end is read at that end. */
function countCheckCalls(steps: SyncStage['steps'], length: number): number {
  const all = countReadCalls(length);
  const added = steps.reduce(
    (sum, { write }) => sum + (write.kind === 'add' ? write.uris.length : 0),
    0,
  );
  const end = findEnd(steps.map(({ write }) => write));
  // After a removal that is made good the list is read before what it takes comes back.
  const isOwed = steps.slice(0, -1).some(({ write }) => write.kind === 'remove');
  if (isOwed) return 2 * all;
  return end === undefined ? all : Math.min(all, Math.ceil(added / PAGE_ITEMS));
}

/** Which end of a list these writes add to, if they do nothing else. */
export function findEnd(writes: readonly ItemsWrite[]): 'start' | 'end' | undefined {
  const at = (position: 0 | undefined): boolean =>
    writes.every((write) => write.kind === 'add' && write.position === position);
  if (writes.length === 0) return undefined;
  return at(undefined) ? 'end' : at(0) ? 'start' : undefined;
}
