import fc from 'fast-check';
import { type DueAnswer, findDue, isSick, recordAnswers } from './due-rows.ts';
import { parsePlaylists } from './playlists-file.ts';

const STARTED_AT = Date.UTC(2026, 10, 30);
const NOW = STARTED_AT + 120_000;
const TIME = new Date(STARTED_AT + 1_000).toISOString();
const ID = 'A'.repeat(22);
const URI = `spotify:playlist:${ID}`;

const toFile = (rows: readonly string[]): Buffer =>
  Buffer.from(`playlist_uri,request_sent,response\n${rows.map((row) => `${row}\n`).join('')}`);
const cell = (value: object): string => `"${JSON.stringify(value).replaceAll('"', '""')}"`;

const answerTo = (
  [key, before]: readonly [string, string],
  outcome: Partial<DueAnswer['outcome']> = {},
): DueAnswer => ({
  key,
  before,
  outcome: {
    ...{ verdict: 'done', isTransient: false, isShared: false },
    response: { status: 200, code: 'loaded', message: 'm', time: TIME },
    ...outcome,
  },
});

const record = (source: Buffer, answers: readonly DueAnswer[]): string =>
  Buffer.concat(recordAnswers(source, answers).chunks).toString();
const firstOf = (source: Buffer): readonly [string, string] => {
  const [first = ['', '']] = findDue(source, () => true);
  return first;
};

it('a link, a URI and an ID of one playlist are due once, and all get the answer', () => {
  const link = `https://open.spotify.com/playlist/${ID}?si=x`;
  const file = toFile([`${URI},False,`, `${link},,`, `${ID},True,${cell({ old: 1 })}`]);
  const due = findDue(file, () => true);

  expect([...due.keys()]).toEqual([ID]);
  expect(recordAnswers(file, [answerTo(firstOf(file))]).rows).toEqual({
    ...{ done: 3, failed: 0, left: 0 },
  });
});

it('an answer is written once: again, over an edit, or to a row that was not due, it changes nothing', () => {
  const file = toFile([`${URI},False,`]);
  const answer = answerTo(firstOf(file));
  const once = record(file, [answer]);

  expect(once).toMatch(new RegExp(`^${URI},True,"\\{""status"":200,`, 'm'));
  expect(record(Buffer.from(once), [answer])).toBe(once);
  for (const row of [`${URI},True,by hand`, `${URI},False,by hand`, `${'B'.repeat(22)},False,`]) {
    const edited = toFile([row]);
    expect(record(edited, [answer])).toBe(edited.toString());
  }
});

it('of two answers to a playlist, a row gets the one that was meant for it', () => {
  const file = toFile([`${URI},False,`]);
  const [key, before] = firstOf(file);
  const others = answerTo([key, 'another'], { verdict: 'failed' });

  expect(recordAnswers(file, [others, answerTo([key, before])]).rows).toMatchObject({ done: 1 });
});

it('what failed the same way in three executions is final', () => {
  const response = {
    status: 500,
    code: 'INTERNAL',
    message: 'm',
    kind: 'later',
    time: TIME,
  } as const;
  const failed = { verdict: 'later', isTransient: true, response } as const;
  let file = toFile([`${URI},False,`]);
  const sent = [1, 2, 3].map(() => {
    file = Buffer.from(record(file, [answerTo(firstOf(file), failed)]));
    return parsePlaylists(file).rows[0]?.isSent;
  });

  expect(sent).toEqual([false, false, true]);
});

it.each([
  ['a fault of Spotify that passes', { status: 502, kind: 'later' }, true],
  ['the same of an earlier execution', { status: 502, kind: 'later', time: '2026-11-29' }, false],
  ['a bug, which is counted once', { status: 500, kind: 'later', failures: 1 }, false],
  ['a problem whose time has come', { status: 503, kind: 'later', retry_after: 60 }, true],
  ['a problem whose time has not come', { status: 503, kind: 'later', retry_after: 3_600 }, false],
  ['a problem that would be the same', { status: 503, kind: 'later' }, false],
  ['a final problem', { status: 404, kind: 'final' }, false],
  ['a lost function', { status: 500 }, true],
])('%s makes a row sick: %j', (_what, response, isIt) => {
  const row = { uri: URI, isSent: false, requestSent: 'False' };
  const text = JSON.stringify({ code: 'CODE', message: 'm', time: TIME, ...response });

  expect(isSick({ ...row, response: text }, STARTED_AT, NOW)).toBe(isIt);
  expect(isSick({ ...row, isSent: true, response: text }, STARTED_AT, NOW)).toBe(false);
  expect(isSick({ ...row, response: '' }, STARTED_AT, NOW)).toBe(false);
});

it('rows without an answer keep their bytes, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[A-Za-z0-9 ;]{1,30}$/), { maxLength: 20 }),
      fc.nat(),
      (names, pick) => {
        const file = toFile(names.map((name) => `x${name},False,`));
        const due = [...findDue(file, () => true)];
        const chosen = due[pick % Math.max(1, due.length)];
        const answers = chosen === undefined ? [] : [answerTo(chosen)];
        const lines = record(file, answers).split('\n');
        const kept = file.toString().split('\n');
        for (const [at, line] of kept.entries()) {
          const isChosen = chosen !== undefined && line.split(',')[0]?.trim() === chosen[0];
          if (!isChosen) expect(lines[at]).toBe(line);
        }
      },
    ),
  );
});
