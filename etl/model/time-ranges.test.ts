import { uniteRanges } from './time-ranges.ts';

const DAY_MS = 86_400_000;
const range = (first: number, last: number) => ({ firstMs: first * DAY_MS, lastMs: last * DAY_MS });

it.each([
  ['none', [], []],
  ['files that share rows', [range(0, 10), range(9, 20)], [range(0, 20)]],
  ['a file within another', [range(0, 30), range(5, 10)], [range(0, 30)]],
  ['a pause of a week between files', [range(17, 20), range(0, 10)], [range(0, 20)]],
  ['a missing file', [range(18, 20), range(0, 10)], [range(0, 10), range(18, 20)]],
])('of %s', (_, ranges, united) => {
  expect(uniteRanges(ranges)).toEqual(united);
});
