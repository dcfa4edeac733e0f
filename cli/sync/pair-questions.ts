/** Asks for the cells of a new pair that no option has given. */
import { SYNC_MODES } from '../../etl/model/sync.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { APPLIES, completeCells, findNewFault, type SomeCells } from './pairs.ts';
import { GIVEN, type PairCells, type SyncRow } from './syncs-file.ts';

const QUESTIONS: PairCells = {
  name: 'Name of the pair: ',
  source: 'Link of the source, a playlist that you own or share: ',
  target: 'Link of the target, a playlist of your own, or new:<name>: ',
  mode: `Mode: ${SYNC_MODES.join(', ')} [append]: `,
  apply: `Apply: ${APPLIES.join(' first, or ')} [ask]: `,
  max_removals: 'Removals that a run may make, if it is a mirror [20, and half of its own]: ',
};

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
  others: readonly SyncRow[],
  { complain, question }: Asking,
): Promise<PairCells | undefined> {
  const wrong = findNewFault(given, others);
  if (wrong !== undefined) throw new UsageError(wrong);
  const { name, source, target } = given;
  if ([name, source, target].every((cell) => cell !== undefined)) return completeCells(given);
  if (question === undefined) throw new UsageError('Give --name, --source and --target.');
  let cells = given;
  for (const column of GIVEN) {
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
