/** Asks for the cells of a new pair that no option has given. */
import {
  APPLIES,
  completeCells,
  findNewFault,
  type PairRow,
  type SomeCells,
} from '../../app/sync-pairs.ts';
import { type PairCells, SYNC_MODES } from '../../etl/model/sync.ts';
import { UsageError } from '../../lib/usage-error.ts';

const QUESTIONS: PairCells = {
  name: 'Name of the pair: ',
  source: 'Links of the source, playlists that you own or share, or liked: ',
  mode: `Mode: ${SYNC_MODES.join(', ')} [append]: `,
  target: 'Link of the target, a playlist of your own, or new:<name>: ',
  apply: `Apply: ${APPLIES.join(' first, or ')} [ask]: `,
  max_removals: 'Removals that a run may make, if it is a mirror [20, and half of its own]: ',
};

/** The mode before the target: it says what that can be. */
const ASKED = ['name', 'source', 'mode', 'target', 'apply', 'max_removals'] as const;

type Asking = {
  /** Undefined where nobody can be asked. */
  readonly question: ((text: string) => Promise<string | undefined>) | undefined;
  /** Says what is wrong with an answer, before it is asked for again. */
  readonly complain: (fault: string) => void;
};

/**
 * Asks only where the name, the source or the target is missing. Returns undefined where the answers end too early.
 *
 * @throws UsageError where an option is wrong, or nobody can be asked
 */
export async function askForPair(
  given: SomeCells,
  others: readonly PairRow[],
  { complain, question }: Asking,
): Promise<PairCells | undefined> {
  const wrong = findNewFault(given, others);
  if (wrong !== undefined) throw new UsageError(wrong);
  const { mode, name, source, target } = given;
  const needed = [name, source, mode === 'dated' ? '' : target];
  if (needed.every((cell) => cell !== undefined)) return completeCells(given);
  if (question === undefined) throw new UsageError('Give --name, --source and --target.');
  let cells = given;
  for (const column of ASKED) {
    while (cells[column] === undefined) {
      const answer = await question(QUESTIONS[column]);
      if (answer === undefined) return undefined;
      const next = { ...cells, [column]: answer.trim() || completeCells({})[column] };
      const fault = findNewFault(next, others);
      if (fault === undefined) cells = next;
      else complain(fault);
    }
  }
  return completeCells(cells);
}
