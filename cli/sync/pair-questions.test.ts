import { type PairCells, SYNC_MODES } from '../../etl/model/sync.ts';
import type { SyncRow } from '../../trigger/syncs-file.ts';
import { askForPair } from './pair-questions.ts';

const [SOURCE, TARGET] = ['1'.repeat(22), '2'.repeat(22)];
const OTHER: SyncRow = {
  ...{ line: 2, name: 'Taken', source: '3'.repeat(22), target: '4'.repeat(22), mode: 'mirror' },
  ...{ apply: '', max_removals: '', last_run: '', response: '' },
};

async function answer(
  given: Partial<PairCells>,
  answers: readonly string[],
): Promise<{ pair: PairCells | undefined; asked: string[]; faults: string[] }> {
  const asked: string[] = [];
  const faults: string[] = [];
  const left = [...answers];
  const pair = await askForPair(given, [OTHER], {
    question: (text) => {
      asked.push(text);
      return Promise.resolve(left.shift());
    },
    complain: (fault) => void faults.push(fault),
  });
  return { pair, asked, faults };
}

test('every cell is asked for, with its default, which Enter takes', async () => {
  const { asked, faults, pair } = await answer({}, ['In', SOURCE, '', 'new:Archive', '', '']);
  expect(pair).toEqual({
    ...{ name: 'In', source: SOURCE, target: 'new:Archive' },
    ...{ mode: 'append', apply: 'ask', max_removals: '' },
  });
  expect(faults).toEqual([]);
  const defaults = asked.map((text) => /\[(.*)\]: $/.exec(text)?.[1]);
  expect(defaults).toEqual([
    undefined,
    undefined,
    'append',
    undefined,
    'ask',
    '20, and half of its own',
  ]);
});

test('a wrong answer is asked for again at once, with the reason', async () => {
  const answers = ['Taken', ' In ', 'spotify:album:x', SOURCE];
  answers.push('merge', 'mirror', SOURCE, 'new:', OTHER.target, TARGET, 'soon', 'auto', 'few', '5');
  const { faults, pair } = await answer({}, answers);
  expect(pair).toEqual({
    ...{ name: 'In', source: SOURCE, target: TARGET },
    ...{ mode: 'mirror', apply: 'auto', max_removals: '5' },
  });
  expect(faults).toEqual([
    'There is a pair Taken already.',
    expect.stringMatching(/^The source does not name a playlist\. /),
    `The mode is merge, and not one of ${SYNC_MODES.join(', ')}.`,
    'The source is the target.',
    'The target is new: without a name.',
    'It writes to the same target as Taken: that is possible only if both append.',
    'Apply is soon, and not one of ask, auto.',
    'Max_removals is few, and not a number.',
  ]);
});

test('what an option has given is not asked for, and nothing where all three are given', async () => {
  const mode = 'mirror';
  const { asked, pair } = await answer({ source: SOURCE, mode }, ['In', TARGET, '', '']);
  expect(asked).toHaveLength(4);
  expect(pair).toMatchObject({ source: SOURCE, target: TARGET, mode });
  const all = await answer({ name: 'In', source: SOURCE, target: TARGET }, []);
  expect(all).toMatchObject({ asked: [], pair: { mode: 'append', apply: 'ask' } });
});

test('a wrong option is refused before anything is asked, and answers can end too early', async () => {
  await expect(answer({ target: 'new:' }, [])).rejects.toThrow('The target is new: without');
  await expect(
    askForPair({}, [], { question: undefined, complain: () => undefined }),
  ).rejects.toThrow('Give --name, --source and --target.');
  expect((await answer({}, ['In'])).pair).toBeUndefined();
});
