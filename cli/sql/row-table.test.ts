import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { toRowTable } from './row-table.ts';

const linesOf = (rows: Parameters<typeof toRowTable>[0], room?: number): string[] =>
  stripVTControlCharacters(toRowTable(rows, room)).split('\n');

it('makes a table as wide as it needs, and cuts the widest column where the room ends', () => {
  const rows = [{ name: 'Road Trip'.repeat(4), items: 57, owner: null }];

  expect(linesOf(rows)[3]).toBe(`│ ${'Road Trip'.repeat(4)} │    57 │       │`);
  expect(linesOf(rows, 40)[3]).toBe('│ Road TripRoad TripR… │    57 │       │');
});

it('shows rows of too many columns below each other', () => {
  const row = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`column_${at}`, 'x'.repeat(40)]),
  );

  expect(linesOf([row, row], 40)).toHaveLength(9 + 1 + 9);
  expect(linesOf([row, row], 40)[1]).toBe(`column_1  ${'x'.repeat(28)}…`);
});

it('is never wider than the room, and shows what a cell does not let through', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.integer(), fc.constant(null));
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      names,
      fc.array(fc.array(cell, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      (columns, values) => {
        const rows = values.map((line) =>
          Object.fromEntries(columns.map((name, at) => [name, line[at] ?? null])),
        );
        for (const line of linesOf(rows, 60)) expect(line.length).toBeLessThanOrEqual(60);
      },
    ),
  );
});
