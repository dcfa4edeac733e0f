import fc from 'fast-check';
import {
  encodePlaylists,
  encodeRow,
  lineOf,
  type Playlists,
  parsePlaylists,
  readOwnCells,
} from './playlists-file.ts';

const HEADER = 'playlist_uri,request_sent,response';
const OWN = { requestSent: 'True', response: '{"status":200,"message":"a ""b"", c"}' };

const parseText = (text: string): Playlists => parsePlaylists(Buffer.from(text));

function encode(playlists: Playlists, changed: ReadonlyMap<number, string> = new Map()): string {
  const chunks = encodePlaylists(playlists, (place) => {
    const text = changed.get(place);
    return text === undefined ? undefined : Buffer.from(text);
  });
  return Buffer.concat([...chunks]).toString();
}

/** Cells with everything that CSV and spreadsheets stumble over. */
const cell = fc.oneof(
  fc.constantFrom('', ' ', '"', ',', '\n', '\r\n', '\r', '=IMPORTXML("http://x","//a")', '\ufeff'),
  fc.constantFrom('-', '@x', "'", '""', 'ü', '日本', '🎧', '\u0000', '\t', 'True', '{"a":"b"}'),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const uri = fc.oneof(fc.constant('spotify:playlist:37i9dQZEVXcfHOlIIFYQsj'), cell);
const sent = fc.constantFrom('', 'True', 'true', '1', 'yes', 'False', 'no', '0', ' TRUE ');

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const needsQuotes = (text: string): boolean => /[",\r\n]/.test(text);

/** A file of any look that is still CSV: its text, and the values in it. */
const file = fc
  .record({
    bom: fc.boolean(),
    ending: fc.constantFrom('\n', '\r\n', '\r'),
    hasLastEnding: fc.boolean(),
    columns: fc.shuffledSubarray(['playlist_uri', 'request_sent', 'response', 'note', 'ümlaut'], {
      minLength: 5,
    }),
    rows: fc.array(
      fc.record({
        playlist_uri: uri,
        request_sent: sent,
        response: cell,
        note: cell,
        ümlaut: cell,
      }),
      { maxLength: 8 },
    ),
    quotes: fc.infiniteStream(fc.boolean()),
    blanks: fc.infiniteStream(fc.nat({ max: 6 })),
  })
  .map(({ bom, ending, hasLastEnding, columns, rows, quotes, blanks }) => {
    const cells = rows.map((row) => columns.map((column) => row[column as keyof typeof row]));
    const lines = [columns, ...cells].map((line) =>
      line.map((text) => (needsQuotes(text) || quotes.next().value ? quote(text) : text)).join(','),
    );
    const text = lines
      .map((line, index) => {
        const isLast = index === lines.length - 1;
        const blank = !isLast && blanks.next().value === 0 ? ending : '';
        return line + (isLast && !hasLastEnding ? '' : ending) + blank;
      })
      .join('');
    // A mark inside the text is text; only the first one is a mark.
    return { text: (bom ? '\ufeff' : '') + text, columns, cells };
  });

describe('parse, then encode', () => {
  test('is the identity on every file, byte for byte', () => {
    fc.assert(
      fc.property(file, ({ text }) => {
        expect(encode(parseText(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with any rows changed leaves every other row its bytes and every other cell its value', () => {
    fc.assert(
      fc.property(file, fc.array(fc.nat({ max: 7 })), ({ text, columns, cells }, places) => {
        const before = parseText(text);
        const touched = new Set(places.filter((place) => place < before.rows.length));
        const changed = new Map(
          before.rows.flatMap((row, place): [number, string][] =>
            touched.has(place) ? [[place, encodeRow(before, row, OWN).text]] : [],
          ),
        );
        const after = parseText(encode(before, changed));

        const filled = cells.filter((line) => line.some((value) => value !== ''));
        expect(after.rows).toHaveLength(filled.length);
        after.rows.forEach((row, place) => {
          if (!touched.has(place)) {
            const old = before.rows[place] ?? row;
            expect(lineOf(after, row)).toEqual(lineOf(before, old));
            return;
          }
          expect(readOwnCells(after.columns, lineOf(after, row))).toEqual(OWN);
          const others = columns.flatMap((column, index) =>
            ['request_sent', 'response'].includes(column) ? [] : [[index, filled[place]?.[index]]],
          );
          const columnsOf = (index: number) => ({
            ...after.columns,
            request_sent: index,
            response: index,
          });
          for (const [index, value] of others) {
            const { response } = readOwnCells(columnsOf(Number(index)), lineOf(after, row));
            expect(response).toBe(value);
          }
        });
      }),
      { numRuns: 1_000 },
    );
  });
});

test('rows are read whatever the order of the columns, and blank lines are none', () => {
  const { rows } = parseText(
    '\ufeffnote,response,playlist_uri,request_sent\r\n"a,\r\nb",, uri one ,TRUE\r\n\r\n,,,\r\nx,,two,\r\n',
  );

  expect(rows.map((row) => [row.uri, row.isSent])).toEqual([
    ['uri one', true],
    ['two', false],
  ]);
});

test.each([
  ['no file', '', 'Line 1: the column playlist_uri is missing'],
  ['no response column', 'playlist_uri,request_sent\na,b\n', 'Line 1: the column response'],
  ['a column twice', `${HEADER},response\n`, 'Line 1: the column response stands there twice'],
  ['a row too short', `${HEADER}\na,,\nb,\nc,,\n`, 'Line 3 has 2 fields where the header has 3'],
  ['a row too long', `${HEADER}\r\na,,\r\nb,,,\r\n`, 'Line 3 has 4 fields'],
  [
    'a last line cut short',
    `${HEADER}\na,,\nb,Tr`,
    'Line 3 has 2 fields where the header has 3: the last line looks cut short',
  ],
  [
    'a cut request_sent',
    'playlist_uri,response,request_sent\na,,\nb,,Tr',
    'Line 3: request_sent is "Tr"',
  ],
  ['an open quote', `${HEADER}\n"x\ny",,\nb,,"{\nc,,\n`, 'Line 4 cannot be read: a quote opens'],
  ['a quote in a field', `${HEADER}\na"b,,\n`, 'Line 2 cannot be read: a quote stands'],
  ['text after a quote', `${HEADER}\r\n\r\n"a"b,,\r\n`, 'Line 3 cannot be read: something follows'],
  ['a strange request_sent', `${HEADER}\na,maybe,\n`, 'Line 2: request_sent is "maybe"'],
])('%s is refused, naming the line', (_, text, message) => {
  expect(() => parseText(text)).toThrow(message);
});

test('UTF-16 and broken UTF-8 are refused', () => {
  expect(() => parsePlaylists(Buffer.from(`\ufeff${HEADER}`, 'utf16le'))).toThrow('UTF-16');
  expect(() =>
    parsePlaylists(Buffer.concat([Buffer.from(`${HEADER}\na,,\n`), Buffer.from([0xe9, 10])])),
  ).toThrow('Line 3 is not UTF-8');
});

test.each(['True', 'true', '1', 'yes', 'YES', 'y', ' TRUE ', 'x'])('%p means sent', (word) => {
  expect(parseText(`${HEADER}\na,${word},\n`).rows[0]?.isSent).toBe(true);
});

test.each(['False', 'false', '0', 'no', '', ' '])('%p means pending', (word) => {
  expect(parseText(`${HEADER}\na,${word},\n`).rows[0]?.isSent).toBe(false);
});
