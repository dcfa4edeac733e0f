/** The fewest calls that make one list out of another. Pure. */
import { type ListEntry, MAX_WRITE_ITEMS, type MovedBlock, type SyncStage } from '../model/sync.ts';
import { Draft } from './sync-draft.ts';
import { planEdit } from './sync-edit.ts';
import { type Arrangement, type Placed, toChunks } from './sync-entries.ts';

/** Above so many calls of an edit a rewrite, or a new list, is better. */
const MAX_EDIT_CALLS = 50;

export type StepOptions = {
  /** A block at the start goes in from its end, so that a half-done one goes on in order. */
  readonly isNewestFirst: boolean;
  readonly allowRewrite: boolean;
  readonly noReplace?: boolean;
};

export type Steps = {
  readonly stages: readonly SyncStage[];
  readonly moves: readonly MovedBlock[];
  /** A rewrite would be far cheaper, and is not allowed. */
  readonly wantsRewrite: boolean;
};

/** Edit or replace, whichever is fewer calls. An edit adds, then moves, then removes: a crash leaves too much, never too little. */
export function planSteps(
  target: readonly ListEntry[],
  { mayReplace, placed }: Arrangement,
  options: StepOptions,
): Steps {
  const edit = planEdit(target, placed, options);
  const moves = edit.moves.map(({ from, items, to }) => ({ from, to, items }));
  const replaceCalls = Math.max(1, Math.ceil(placed.length / MAX_WRITE_ITEMS));
  const isAllowed = mayReplace && options.noReplace !== true;
  const isAtomic = placed.length <= MAX_WRITE_ITEMS;
  if (isAllowed && replaceCalls < edit.calls && (isAtomic || options.allowRewrite)) {
    return { stages: [replace(target, placed)], moves, wantsRewrite: false };
  }
  const wantsRewrite = edit.calls > MAX_EDIT_CALLS && edit.calls > replaceCalls && edit.hasMoves;
  return wantsRewrite && !options.allowRewrite
    ? { stages: [], moves, wantsRewrite }
    : { stages: edit.toStages(), moves, wantsRewrite: false };
}

function replace(target: readonly ListEntry[], placed: readonly Placed[]): SyncStage {
  const [first = [], ...rest] = toChunks(placed.map(({ entry: { uri = '' } }) => uri));
  const draft = new Draft(target.map((entry) => ({ entry })));
  draft.make({ kind: 'replace', uris: first });
  for (const uris of rest) draft.make({ kind: 'add', uris });
  return draft.endStage();
}
