import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { parsePlaylists, planRequests } from './playlists-file.ts';

type Playlists = ReturnType<typeof parsePlaylists>;

const HEADER = 'playlist_uri,request_sent,response';
const OWN = { requestSent: 'True', response: '{"status":200,"message":"a ""b"", c"}' };

const parseText = (text: string): Playlists => parsePlaylists(Buffer.from(text));

const toText = ({ chunks }: Playlists): string => Buffer.concat([...chunks]).toString();

/** Cells with everything that CSV and spreadsheets stumble over. */
const cell = fc.oneof(
  fc.constantFrom('', ' ', '"', ',', '\n', '\r\n', '\r', '=IMPORTXML("http://x","//a")', '\ufeff'),
  fc.constantFrom('-', '@x', "'", '""', 'ü', '日本', '🎧', '\u0000', '\t', 'True', '{"a":"b"}'),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const isNoComment = (text: string): boolean => !text.trim().startsWith('#');
const NAMES = ['playlist_uri', 'request_sent', 'response', 'note', 'ümlaut'] as const;
const row = fc.record({
  playlist_uri: fc
    .oneof(fc.constant('spotify:playlist:37i9dQZEVXcfHOlIIFYQsj'), cell)
    .filter(isNoComment),
  request_sent: fc.constantFrom('', 'True', 'true', '1', 'yes', 'False', 'no', '0', ' TRUE '),
  response: cell,
  note: cell,
  ümlaut: cell,
});
/** Quoted where it must be, and here and there where it need not be. */
const look = fc.record({
  ending: fc.constantFrom('\n', '\r\n', '\r'),
  blanks: fc.constantFrom('', '', '', '\n', '\r\n', '\r', ',,,,\n', '  , ,,,\r\n'),
  quoted: fc.array(fc.boolean(), { minLength: NAMES.length, maxLength: NAMES.length }),
});

type Line = { readonly values: readonly string[]; readonly text: string; readonly end: string };

/** A file of any look that is still CSV, line by line. */
const file = fc
  .record({
    mark: fc.constantFrom('', '\ufeff'),
    columns: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }),
    rows: fc.array(fc.tuple(row, look), { maxLength: 8 }),
    headLook: look,
    hasLastEnding: fc.boolean(),
  })
  .map(({ mark, columns, rows, headLook, hasLastEnding }) => {
    const lines = [
      toLine(columns, headLook),
      ...rows.map(([cells, rowLook]) =>
        toLine(
          columns.map((name) => cells[name]),
          rowLook,
        ),
      ),
    ];
    const last = lines.at(-1);
    if (last !== undefined && !hasLastEnding) lines[lines.length - 1] = { ...last, end: '' };
    return { mark, columns, lines };
  });

function toLine(
  values: readonly string[],
  { blanks, ending, quoted }: { blanks: string; ending: string; quoted: boolean[] },
): Line {
  const text = values
    .map((value, index) =>
      quoted[index] || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
    )
    .join(',');
  return { values, text, end: ending + blanks };
}

const isFilled = ({ values }: Line): boolean => values.some((value) => value.trim() !== '');

test('parsing and writing back is the identity on every file, byte for byte', () => {
  fc.assert(
    fc.property(file, ({ mark, lines }) => {
      const text = mark + lines.map((line) => line.text + line.end).join('');
      const playlists = parseText(text);

      expect(toText(playlists)).toBe(text);
      expect(playlists.chunks).toHaveLength(1);
      expect(playlists.rows).toHaveLength(lines.slice(1).filter(isFilled).length);
    }),
    { numRuns: 1_000 },
  );
});

test('an edited row keeps its other values and its line ending, and every other row its bytes', () => {
  fc.assert(
    fc.property(file, fc.infiniteStream(fc.boolean()), ({ mark, columns, lines }, dice) => {
      const edits = lines.map((line, index) => index > 0 && isFilled(line) && dice.next().value);
      const expected = lines.map((line, index) => {
        if (!edits[index]) return line;
        const values = line.values.map((value, place) => {
          if (columns[place] === 'request_sent') return OWN.requestSent;
          return columns[place] === 'response' ? OWN.response : value;
        });
        const text = stringify([values], { eof: false, quoted_match: /[\r\n]/ });
        return { ...line, values, text };
      });
      const planned = lines.flatMap((line, index) =>
        index > 0 && isFilled(line) ? [edits[index]] : [],
      );
      const source = mark + lines.map((line) => line.text + line.end).join('');

      const after = parsePlaylists(Buffer.from(source), () =>
        planned.shift() === true ? OWN : undefined,
      );

      expect(toText(after)).toBe(mark + expected.map((line) => line.text + line.end).join(''));
      const read = parse(toText(after), {
        bom: true,
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_column_count: true,
      }).filter((values) => values.some((value) => value.trim() !== ''));
      expect(read).toEqual(expected.filter(isFilled).map(({ values }) => values));
    }),
    { numRuns: 1_000 },
  );
});

test('rows are read whatever the order of the columns, and blank lines are none', () => {
  const { rows } = parseText(
    '\ufeffnote,response,playlist_uri,request_sent\r\n"a,\r\nb",, uri one ,TRUE\r\n\r\n, ,,\r\nx,,two,\r\n  ',
  );

  expect(rows.map((row) => [row.uri, row.isSent])).toEqual([
    ['uri one', true],
    ['two', false],
  ]);
});

test.each([
  ['no file', '', 'Line 1: the column playlist_uri is missing'],
  ['no column of links', 'link,request_sent\na,b\n', 'Line 1: the column playlist_uri is missing'],
  ['a column twice', `${HEADER},response\n`, 'Line 1: the column response appears twice'],
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
  ['an open quote', `${HEADER}\n"x\ny",,\nb,,"{\nc,,\n`, 'Line 4 cannot be read: Quote Not Closed'],
  ['a quote in a field', `${HEADER}\na"b,,\n`, 'Line 2 cannot be read: Invalid Opening Quote'],
  [
    'text after a quote',
    `${HEADER}\r\n\r\n"a"b,,\r\n`,
    'Line 3 cannot be read: Invalid Closing Quote',
  ],
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

const ID = '37i9dQZEVXcfHOlIIFYQsj';
const LINK = `https://open.spotify.com/playlist/${ID}?si=1`;
const ANSWERED = { requestSent: 'True', response: '{"a":1,"b":2}' };

/** Every file that people have: what is read, and what stands there after an answer to its first row. */
test.each([
  [
    'semicolons, as Excel in Europe writes',
    `Playlist_URI;Request Sent;RESPONSE;note\r\n${LINK};;;"a;b"\r\n;;;\r\n`,
    `Playlist_URI;Request Sent;RESPONSE;note\r\n${LINK};True;"{""a"":1,""b"":2}";"a;b"\r\n;;;\r\n`,
  ],
  [
    'tabs',
    `playlist_uri\trequest_sent\tresponse\n${LINK}\t\t\n`,
    `playlist_uri\trequest_sent\tresponse\n${LINK}\tTrue\t"{""a"":1,""b"":2}"\n`,
  ],
  [
    "Excel's own first line",
    `\ufeffsep=;\r\nplaylist_uri;request_sent;response\r\n${LINK};;\r\n`,
    `\ufeffsep=;\r\nplaylist_uri;request_sent;response\r\n${LINK};True;"{""a"":1,""b"":2}"\r\n`,
  ],
  [
    'only links below their name',
    `\ufeffplaylist_uri\n${LINK}\n\nsecond`,
    `\ufeffplaylist_uri,request_sent,response\n${LINK},True,"{""a"":1,""b"":2}"\n\nsecond,,`,
  ],
  [
    'other columns and none of the own',
    `name,playlist_uri\r\n"a, b",${LINK}\r\nc,second\r\n`,
    `name,playlist_uri,request_sent,response\r\n"a, b",${LINK},True,"{""a"":1,""b"":2}"\r\nc,second,,\r\n`,
  ],
  [
    'a plain list of links',
    `# mine\n\n${LINK}\n# rock, pop\nsecond\n`,
    `# mine\n\nplaylist_uri,request_sent,response\n${LINK},True,"{""a"":1,""b"":2}"\n# rock, pop\nsecond,,\n`,
  ],
  [
    'a plain list of one link without a line ending',
    `\ufeff${LINK}`,
    `\ufeffplaylist_uri,request_sent,response\n${LINK},True,"{""a"":1,""b"":2}"`,
  ],
  [
    'comments',
    `# my lists\n${HEADER}\n# rock\n${LINK},,\n# jazz,,\n`,
    `# my lists\n${HEADER}\n# rock\n${LINK},True,"{""a"":1,""b"":2}"\n# jazz,,\n`,
  ],
])('a file with %s is read, answered, and read again', (_, text, answered) => {
  const { rows } = parseText(text);
  const after = parsePlaylists(Buffer.from(text), (row) =>
    row.uri === LINK ? ANSWERED : undefined,
  );

  expect(rows[0]).toMatchObject({ uri: LINK, isSent: false });
  expect(toText(after)).toBe(answered);
  const again = parseText(answered);
  expect(again.rows.map(({ isSent, uri }) => [uri, isSent])).toEqual(
    rows.map(({ uri }) => [uri, uri === LINK]),
  );
  expect(again.chunks).toHaveLength(1);
});

const SUCCESS = '{"status":200}';
const FAILURE = '{"status":404,"kind":"final"}';

test.each([
  [{ refresh: false, retryFailed: false }, ['pending']],
  [{ refresh: true, retryFailed: false }, ['pending', 'loaded', 'by hand']],
  [{ refresh: false, retryFailed: true }, ['pending', 'refused', 'by hand']],
  [{ refresh: true, retryFailed: true }, ['pending', 'loaded', 'refused', 'by hand']],
])('%j sends %j', (selection, expected) => {
  const sent = { isSent: true, requestSent: 'True' };
  const requests = planRequests(
    [
      { uri: 'pending', isSent: false, requestSent: '', response: FAILURE },
      { ...sent, uri: 'loaded', response: SUCCESS },
      { ...sent, uri: 'refused', response: FAILURE },
      { ...sent, uri: 'by hand', response: '' },
    ],
    selection,
  );

  expect(requests.map(({ uri }) => uri)).toEqual(expected);
});
