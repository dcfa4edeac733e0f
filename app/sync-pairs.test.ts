import type { PairCells } from '../etl/model/sync.ts';
import { completeCells, type Pairs, toPairs } from './sync-pairs.ts';

const toId = (letter: string): string => letter.repeat(22);
const [A, B, C, D] = [toId('a'), toId('b'), toId('c'), toId('d')];

type Cells = Partial<PairCells>;

function read(rows: readonly Cells[], created = new Map<string, string>()): Pairs {
  const complete = rows.map((cells, at) => ({
    ...completeCells({ name: `P${at + 1}`, target: `new:${at}`, ...cells }),
    line: at + 2,
  }));
  return toPairs(complete, [], created);
}

const faultsOf = (...given: Parameters<typeof read>): string[] =>
  read(...given).faults.map(({ message, name }) => `${name}: ${message}`);

test.each([
  ['mirror-exact', `${A} ${A}`],
  ['append', `${A} ${B} spotify:playlist:${A}`],
  ['dated', `https://open.spotify.com/playlist/${A} ${A}`],
  ['mirror', 'liked liked'],
])('a %s whose source names one list twice is refused in one line', (mode, source) => {
  expect(faultsOf([{ mode, source, ...(mode === 'dated' && { target: '' }) }])).toEqual([
    'P1: Line 2: the source names one list twice.',
  ]);
});

const shares = (name: string, other: string): string =>
  `${name}: It shares an inbox with ${other}: what one of them takes out the other misses.`;

describe('an inbox', () => {
  test('is read by one pair alone', () => {
    for (const mode of ['inbox', 'append', 'mirror', 'append-once']) {
      const rows = [
        { mode: 'inbox', source: A },
        { mode, source: `spotify:playlist:${A}` },
      ];
      expect(faultsOf(rows)).toEqual([shares('P1', 'P2'), shares('P2', 'P1')]);
    }
    const dated = { mode: 'dated', source: `${B} ${A}`, target: '' };
    expect(faultsOf([{ mode: 'inbox', source: A }, dated])).toEqual([
      ...[shares('P1', 'P2'), shares('P2', 'P1')],
    ]);
  });

  test.each(['append', 'append-newest-first', 'mirror', 'mirror-exact'])(
    'is not filled again and again by %s',
    (mode) => {
      const rows = [
        { mode, source: A, target: B },
        { mode: 'inbox', source: B },
      ];
      expect(faultsOf(rows)).toEqual([shares('P1', 'P2'), shares('P2', 'P1')]);
    },
  );

  test('that is a new list is known by the list that it has become', () => {
    const rows = [
      { mode: 'mirror', source: A, target: 'new:Copy' },
      { mode: 'inbox', source: B },
    ];
    expect(faultsOf(rows)).toEqual([]);
    expect(faultsOf(rows, new Map([['new:Copy', B]]))).toHaveLength(2);
  });

  test.each(['append-once', 'inbox'])('is filled once by %s', (mode) => {
    const rows = [
      { mode, source: A, target: B },
      { mode: 'inbox', source: B, target: C },
      { mode: 'append', source: C, target: D },
    ];
    expect(faultsOf(rows)).toEqual([]);
    expect(read(rows).pairs).toHaveLength(3);
  });
});
