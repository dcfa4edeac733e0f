import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { AnswerWriter } from './answer-writer.ts';
import { parsePlaylists } from './playlists-file.ts';

const HEADER = ['playlist_uri', 'request_sent', 'response', 'note'];
const ANSWER = { requestSent: 'True', response: '{"status":200}' };

type Line = readonly [uri: string, requestSent: string, response: string, note: string];

const pending = (uri: string, note = ''): Line => [uri, 'False', '', note];
const answered = (uri: string, note = ''): Line => [uri, ANSWER.requestSent, ANSWER.response, note];
const toFile = (lines: readonly Line[]): Buffer => Buffer.from(stringify([HEADER, ...lines]));

/** A file that somebody can edit, and a run that has read it. */
function open(lines: readonly Line[]) {
  const file = { content: toFile(lines), writes: 0, editBeforeWrite: () => false };
  const store = {
    name: 'list.csv',
    read: () => Promise.resolve(file.content),
    replace: (chunks: Iterable<Uint8Array>) => {
      if (file.editBeforeWrite()) return Promise.resolve(false);
      file.content = Buffer.concat([...chunks]);
      file.writes += 1;
      return Promise.resolve(true);
    },
  };
  const { rows } = parsePlaylists(file.content);
  const halt = new AbortController();
  const writer = new AnswerWriter({ store, rows, halt });
  return { file, halt, rows, writer };
}

test('an answer reaches every row that it was recorded for, and no other', async () => {
  const { file, rows, writer } = open([pending('a'), pending('b'), answered('a'), pending('a')]);

  writer.record(writer.take(rows.filter(({ isSent, uri }) => uri === 'a' && !isSent)), ANSWER);
  await writer.flush();

  expect(file.content).toEqual(toFile([answered('a'), pending('b'), answered('a'), answered('a')]));
});

test('many answers at once are few writes, and none is a write of nothing', async () => {
  const { file, rows, writer } = open(Array.from({ length: 500 }, (_, row) => pending(`${row}`)));
  await writer.flush();
  expect(file.writes).toBe(0);

  for (const row of rows) writer.record(writer.take([row]), ANSWER);
  await writer.flush();

  expect(file.writes).toBeLessThan(3);
  expect(parsePlaylists(file.content).rows.every(({ isSent }) => isSent)).toBe(true);
});

test('whatever an editor does to other cells and rows, it stays, and so does every answer', async () => {
  const uris = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), {
    selector: (uri) => uri.trim(),
    maxLength: 12,
  });
  const notes = (all: readonly string[]) =>
    fc.tuple(...all.map((uri) => fc.string().map((note) => pending(uri, note))));
  const scenario = uris.chain((all) => {
    const own = all.filter((uri) => !/^(?:#.*|last)?$/u.test(uri.trim()));
    return fc.record({
      // Its answer comes after the edit in any case.
      first: fc.constant([...own, 'last'].map((uri) => pending(uri, 'old'))),
      edited: fc.shuffledSubarray([...own, 'new row']).chain((kept) => notes([...kept, 'last'])),
      early: fc.subarray(own),
    });
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ early, edited, first }) => {
      const { file, rows, writer } = open(first);
      const isEarly = (uri: string): boolean => early.some((each) => each.trim() === uri);
      for (const row of rows.filter(({ uri }) => isEarly(uri))) {
        writer.record(writer.take([row]), ANSWER);
      }
      await writer.flush();
      // As an editor does that has the file open since before the answers.
      file.content = toFile(edited);
      for (const row of rows.filter(({ uri }) => !isEarly(uri))) {
        writer.record(writer.take([row]), ANSWER);
      }
      await writer.flush();

      const isOurs = (uri: string): boolean => first.some(([each]) => each === uri);
      expect(file.content.toString()).toBe(
        toFile(
          edited.map(([uri, , , note]) => (isOurs(uri) ? answered(uri, note) : pending(uri, note))),
        ).toString(),
      );
    }),
    { numRuns: 200 },
  );
});

test('what somebody writes into the trigger’s own cells meanwhile wins', async () => {
  const { file, rows, writer } = open([pending('a'), pending('b'), pending('c')]);
  const taken = writer.take(rows);
  file.content = toFile([['a', 'True', 'by hand', ''], ['b', 'False', 'why?', ''], pending('c')]);

  for (const row of taken) writer.record([row], ANSWER);
  await writer.flush();

  expect(file.content).toEqual(
    toFile([['a', 'True', 'by hand', ''], ['b', 'False', 'why?', ''], answered('c')]),
  );
});

test('a row that is gone, or that somebody marked as sent, is not sent any more', async () => {
  const { file, rows, writer } = open(['a', 'b', 'c', 'd'].map((uri) => pending(uri)));
  file.content = toFile([pending('a'), ['b', 'yes', '', ''], ['d', 'no', 'retry', '']]);
  writer.record(writer.take(rows.slice(0, 1)), ANSWER);
  await writer.flush();

  expect(writer.take(rows.slice(1)).map(({ uri }) => uri)).toEqual(['d']);
});

test('an edit right before a write is read and merged', async () => {
  const { file, rows, writer } = open([pending('a')]);
  let edits = 0;
  file.editBeforeWrite = () => {
    edits += 1;
    if (edits > 3) return false;
    file.content = toFile([pending('a', `edit ${edits}`)]);
    return true;
  };

  writer.record(writer.take(rows), ANSWER);
  await writer.flush();

  expect(file.content).toEqual(toFile([answered('a', 'edit 3')]));
});

test('a file that cannot be written or read any more ends the run', async () => {
  for (const breakFile of [
    (file: { editBeforeWrite: () => boolean }) => {
      file.editBeforeWrite = () => true;
    },
    (file: { content: Buffer }) => {
      file.content = Buffer.from('nonsense\n');
    },
  ]) {
    const { file, halt, rows, writer } = open([pending('a')]);
    breakFile(file);
    writer.record(writer.take(rows), ANSWER);
    await expect(writer.flush()).rejects.toThrow(
      /^list\.csv (?:cannot be written: Another program keeps editing list\.csv|was edited while its rows were sent.*Line 1)/,
    );
    expect(halt.signal.aborted).toBe(true);
  }
});
