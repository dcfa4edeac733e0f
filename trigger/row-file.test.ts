import { type FileForm } from './row-columns.ts';
import { parseRowFile } from './row-file.ts';

const FORM: FileForm<{ readonly who: string }> = {
  key: 'who',
  own: ['note'],
  isKey: (cell) => cell.startsWith('#1') || cell.startsWith('@'),
  hint: 'A list of names works too.',
  toRow: ({ who = '' }) => ({ who }),
};

const parse = (source: string, edits: Parameters<typeof parseRowFile<{ who: string }>>[2] = {}) => {
  const { chunks, rows } = parseRowFile(Buffer.from(source), FORM, edits);
  return { rows: rows.map(({ who }) => who), text: Buffer.concat([...chunks]).toString() };
};

it.each([
  ['LF', 'who,note\n@a,x\n', 'who,note\n@a,x\n@b,\n'],
  ['CR LF', 'who,note\r\n@a,x\r\n', 'who,note\r\n@a,x\r\n@b,\r\n'],
  ['no ending', 'who,note\n@a,x', 'who,note\n@a,x\n@b,\n'],
  ['semicolons and another order', 'note;who\nx;@a\n', 'note;who\nx;@a\n;@b\n'],
  ['a missing column', 'who\n@a\n', 'who,note\n@a,\n@b,\n'],
  ['a plain list', '@a\n', 'who,note\n@a,\n@b,\n'],
  ['comments', 'who,note\n# mine\n@a,x\n\n', 'who,note\n# mine\n@a,x\n\n@b,\n'],
])('new rows stand at the end of a file with %s', (_, source, expected) => {
  expect(parse(source, { added: [{ who: '@b' }] })).toEqual({ rows: ['@a'], text: expected });
});

it('an edited row keeps the cells that are a person’s', () => {
  const source = 'who,mine,note\n@a,"kept, as it is",old\n@b,too,\n';
  const editRow = ({ who }: { who: string }) => (who === '@a' ? { note: 'new' } : undefined);
  expect(parse(source, { editRow }).text).toBe('who,mine,note\n@a,"kept, as it is",new\n@b,too,\n');
});

it.each([
  ['', /the column who is missing.*who,note\. A list of names works too\./],
  ['who,who,note\n', /the column who appears twice/],
  ['who,note\n@a\n', /Line 2 has 1 fields where the header has 2/],
])('%j is refused', (source, words) => {
  expect(() => parse(source)).toThrow(words);
});
