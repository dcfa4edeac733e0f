import fc from 'fast-check';
import { locateRows, mergeCells } from './merge-edits.ts';

const row = (uri: string) => ({ uri, isSent: false, start: 0, end: 0 });
const rows = (...uris: string[]) => uris.map(row);
const cells = (requestSent: string, response = '') => ({ requestSent, response });

test('rows are found again by their playlist, and repeated ones by their order', () => {
  expect(locateRows(rows('a', 'b', 'a', 'c'), rows('new', 'a', 'c', 'a'))).toEqual([
    1,
    undefined,
    3,
    2,
  ]);
});

test('any order of the same rows is found again, one to one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (uris) => {
      const edited = [...uris].sort();

      const places = locateRows(rows(...uris), rows(...edited));

      expect(places.map((place) => edited[place ?? -1])).toEqual(uris);
      expect(new Set(places).size).toBe(uris.length);
    }),
  );
});

test('an older copy saved by an editor does not take an answer away', () => {
  const change = { before: cells('False'), after: cells('True', '{}') };

  expect(mergeCells(change, cells('False'))).toEqual(change.after);
});

test('what somebody has written there on purpose stays', () => {
  const change = { before: cells('False'), after: cells('True', '{}') };

  expect(mergeCells(change, cells('True', 'by hand'))).toEqual(cells('True', 'by hand'));
});

test('a row whose earlier twin was taken out is found as the last of its playlist', () => {
  expect(locateRows(rows('a', 'a', 'b'), rows('b', 'a'))).toEqual([1, 1, 0]);
});
