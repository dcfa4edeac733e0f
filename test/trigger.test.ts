/** `spotify-etl trigger` as a person and as cron start it: real processes, real files, real HTTP. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { ErrorCode } from '../etl/errors.ts';
import { serveOnLoopback } from '../lib/loopback-server.ts';
import { parseTriggerOptions } from '../trigger/options.ts';
import { runTriggerCommand } from '../trigger/run-command.ts';
import { BUILT_CLI } from './support/cli.ts';
import {
  type Answering,
  type IngestServer,
  loaded,
  problem,
  type Reply,
  type RunAnswering,
  startIngestServer,
} from './support/ingest-server.ts';
import { createQuietHost } from './support/quiet-host.ts';
import {
  createTriggerProgram,
  type Finished,
  type TriggerProgram,
} from './support/trigger-program.ts';

type Cells = Record<string, string>;

let program: TriggerProgram;
let server: IngestServer;
let answer: Answering;
let answerRun: RunAnswering;
let folder: string;
let file: string;
let tests = 0;

beforeAll(async () => {
  program = await createTriggerProgram();
  server = await startIngestServer(
    (uri, response) => answer(uri, response),
    undefined,
    (runId) => answerRun(runId),
  );
});

afterAll(async () => {
  await server.close();
  await program.remove();
});

beforeEach(async () => {
  answer = loaded;
  answerRun = () => problem('RUN_NOT_FOUND');
  server.asked.splice(0);
  server.headers.splice(0);
  tests += 1;
  folder = join(program.folder, `test-${tests}`);
  await mkdir(folder);
  file = join(folder, 'playlists.csv');
});

const HEADER = 'playlist_uri,request_sent,response,note\n';
const list = (...rows: string[]): string => HEADER + rows.map((row) => `${row}\n`).join('');
const pending = (count: number): string =>
  list(...Array.from({ length: count }, (_, row) => `uri-${row},False,,"n, ${row}"`));

const trigger = (...args: string[]): Promise<Finished> =>
  program.run(['trigger', file, '--endpoint', server.url, ...args]);

/** In this process, where the waits between attempts pass at once. */
const triggerHere = (options: Record<string, string>): Promise<number> =>
  runTriggerCommand({
    file,
    options: parseTriggerOptions({ endpoint: server.url, ...options }),
    host: createQuietHost(),
  });

async function readRows(): Promise<Cells[]> {
  return parse(await readFile(file), { bom: true, columns: true });
}

const repeat = <T>(value: T, times: number): T[] => Array.from({ length: times }, () => value);

const bodyOf = ({ body }: Reply): object => (typeof body === 'object' ? body : {});
const responseOf = (row: Cells | undefined): unknown => JSON.parse(row?.response ?? 'null');

describe('A start', () => {
  test('asks once for each pending row and leaves the others as they stand', async () => {
    const sentRow = `sent,yes,"{""status"":404}",  spaces `;
    await writeFile(file, list('one,,,x', sentRow, 'two,false,,"=IMPORTXML(""a"")"'));

    const { code, stdout } = await trigger();

    expect(code).toBe(0);
    expect(server.asked.sort()).toEqual(['one', 'two']);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`\n${sentRow}\n`);
    const rows = await readRows();
    expect(rows.map((row) => [row.playlist_uri, row.request_sent, row.note])).toEqual([
      ['one', 'True', 'x'],
      ['sent', 'yes', '  spaces '],
      ['two', 'True', '=IMPORTXML("a")'],
    ]);
    expect(responseOf(rows[0])).toMatchObject({
      status: 200,
      code: 'loaded',
      message: 'one: 3 items, "quoted", and a comma.',
      run_id: 'run-1',
      counts: { items: 3 },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    });
    expect(stdout).toContain('2 rows: 2 done');
    expect(await readdir(folder)).toEqual(['playlists.csv']);
  });

  test('with nothing pending asks nothing and does not touch the file', async () => {
    await writeFile(file, list('one,True,,'));
    const before = await stat(file);

    const { code, stdout } = await trigger();

    expect([code, server.asked]).toEqual([0, []]);
    expect(stdout).toContain('Nothing to send');
    expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);
  });

  test('asks once for a playlist that stands there twice, and records it in both rows', async () => {
    const id = '37i9dQZEVXcfHOlIIFYQsj';
    await writeFile(
      file,
      list(`spotify:playlist:${id},,,a`, `https://open.spotify.com/playlist/${id}?si=x,,,b`),
    );

    await trigger();

    expect(server.asked).toEqual([`spotify:playlist:${id}`]);
    expect((await readRows()).map(({ request_sent }) => request_sent)).toEqual(['True', 'True']);
  });

  test('records failures, tells them by its exit code, and sends them again only on request', async () => {
    answer = (uri) => (uri === 'bad' ? problem('PLAYLIST_NOT_READABLE') : loaded(uri));
    await writeFile(file, list('good,,,', 'bad,,,'));

    const codes = [(await trigger()).code, (await trigger()).code];
    expect(codes).toEqual([1, 0]);
    expect(responseOf((await readRows())[1])).toMatchObject({
      status: 403,
      code: 'PLAYLIST_NOT_READABLE',
      message: 'About PLAYLIST_NOT_READABLE.',
    });

    server.asked.splice(0);
    expect((await trigger('--retry-failed')).code).toBe(1);
    expect(server.asked).toEqual(['bad']);
    server.asked.splice(0);
    await trigger('--refresh');
    expect(server.asked).toEqual(['good']);
  });

  test('sets a row aside that failed the same unexplained way in three runs', async () => {
    answer = (uri) => (uri === 'bad' ? problem('LOAD_INCOMPLETE') : loaded(uri));
    await writeFile(file, list('good,,,', 'bad,,,'));
    const codes: number[] = [];
    for (let run = 1; run <= 3; run += 1) codes.push(await triggerHere({}));

    expect(codes).toEqual([75, 75, 1]);
    expect((await readRows())[1]?.request_sent).toBe('True');
    expect(responseOf((await readRows())[1])).toMatchObject({
      code: 'LOAD_INCOMPLETE',
      kind: 'final',
      failures: 3,
      message: expect.stringContaining('--retry-failed asks again') as string,
    });

    server.asked.splice(0);
    expect([(await trigger()).code, (await trigger('--refresh')).code]).toEqual([0, 0]);
    expect(server.asked).toEqual(['good']);
    answer = loaded;
    expect((await trigger('--retry-failed')).code).toBe(0);
    expect(responseOf((await readRows())[1])).toMatchObject({ code: 'loaded' });
  });

  test('leaves a row pending whose answer may change, with the answer recorded, and tries it again', async () => {
    let isDown = true;
    answer = (uri) => (isDown && uri === 'two' ? { status: 405 } : loaded(uri));
    await writeFile(file, list('one,,,', 'two,,,'));

    const first = await trigger();
    const between = await readRows();
    isDown = false;
    server.asked.splice(0);
    const second = await trigger();

    expect([first.code, second.code]).toEqual([75, 0]);
    expect(between[1]).toMatchObject({ request_sent: 'False' });
    expect(responseOf(between[1])).toMatchObject({ status: 405 });
    expect(server.asked).toEqual(['two']);
  });

  test('tries a row again within the start, and obeys Retry-After', async () => {
    const times: number[] = [];
    answer = (uri) => {
      times.push(performance.now());
      return times.length === 1
        ? problem('SPOTIFY_RATE_LIMITED', { 'retry-after': '1' })
        : loaded(uri);
    };
    await writeFile(file, list('one,,,'));

    const { code } = await trigger();

    expect(code).toBe(0);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(995);
  });

  test.each(['SPOTIFY_QUOTA_EXCEEDED', 'REAUTH_REQUIRED'] as const)(
    'ends at once at %s; the rest of the rows stay untouched',
    async (code) => {
      answer = (uri) => (uri === 'uri-1' ? problem(code, { 'retry-after': '3600' }) : loaded(uri));
      await writeFile(file, pending(6));

      const finished = await trigger('--concurrency', '1');

      expect(finished.code).toBe(75);
      expect(server.asked).toEqual(['uri-0', 'uri-1']);
      const rows = await readRows();
      expect(rows.map((row) => row.request_sent)).toEqual(['True', ...repeat('False', 5)]);
      expect(rows.slice(2).map((row) => row.response)).toEqual(['', '', '', '']);
      expect(finished.stdout.trim().split('\n').at(-1)).toMatch(
        new RegExp(
          `^■ Stopped \\(${code}\\): About ${code}\\. Try again after .*4 rows were not sent`,
        ),
      );
    },
  );

  test('goes on with the other rows where an answer concerns one row, and asks each once', async () => {
    answer = (uri) => {
      if (uri === 'large') return problem('PLAYLIST_OVER_BUDGET', { 'retry-after': '3600' });
      if (uri !== 'huge') return loaded(uri);
      const headers = { location: 'runs/run-9', 'retry-after': '3600' };
      return { status: 202, headers, body: { state: 'running', run_id: 'run-9' } };
    };
    await writeFile(file, list('large,,,', 'huge,,,', 'small,,,'));

    const { code, stdout } = await trigger('--concurrency', '1');

    expect([code, server.asked]).toEqual([75, ['large', 'huge', 'small']]);
    const rows = await readRows();
    expect(rows.map(({ request_sent }) => request_sent)).toEqual(['False', 'False', 'True']);
    expect(responseOf(rows[1])).toMatchObject({ status: 202, code: 'running', run_id: 'run-9' });
    expect(stdout).toContain('3 rows: 1 done, 2 for a later run');
  });

  test('follows the run of a long list to its end, or leaves its row to the next start, which finds the same run', async () => {
    const polls: Reply[] = [];
    const goingOn: Reply = {
      status: 202,
      headers: { 'retry-after': '30' },
      body: { state: 'running', run_id: 'run-9' },
    };
    answer = (uri) => (uri === 'huge' ? goingOn : loaded(uri));
    answerRun = () => polls.shift() ?? goingOn;
    await writeFile(file, list('huge,,,', 'small,,,'));
    const followed = async (options: Record<string, string> = {}) => {
      server.asked.splice(0);
      const code = await triggerHere(options);
      const [huge] = await readRows();
      const runs = server.followed.splice(0);
      return {
        code,
        sent: huge?.request_sent,
        response: responseOf(huge),
        runs,
        asked: server.asked,
      };
    };
    const running = { status: 202, code: 'running', run_id: 'run-9' };

    // Ten waits and what the requests take are more than five minutes.
    const first = await followed();
    expect(first).toMatchObject({ code: 75, sent: 'False', response: running });
    expect([first.asked, first.runs]).toEqual([['huge', 'small'], repeat('run-9', 9)]);

    polls.push(goingOn, {
      ...loaded('huge'),
      body: { ...bodyOf(loaded('huge')), state: 'succeeded' },
    });
    const second = await followed();
    expect(second).toMatchObject({ code: 0, sent: 'True', response: { code: 'loaded' } });
    expect([second.asked, second.runs]).toEqual([[], ['run-9', 'run-9']]);
  });

  test('records the problem that a run has ended with, and asks for no other run', async () => {
    const ended = (code: ErrorCode): Reply => {
      const reply = problem(code);
      return { ...reply, body: { ...bodyOf(reply), run_id: 'run-9', state: 'failed' } };
    };
    answer = () => ({ status: 202, body: { state: 'queued', run_id: 'run-9' } });
    answerRun = () => ended('PLAYLIST_TOO_LARGE');
    await writeFile(file, list('huge,,,'));
    expect(await triggerHere({})).toBe(1);
    expect(responseOf((await readRows())[0])).toMatchObject({ code: 'PLAYLIST_TOO_LARGE' });

    answerRun = () => ended('SPOTIFY_UNAVAILABLE');
    server.asked.splice(0);
    await writeFile(file, list('huge,,,'));
    expect(await triggerHere({})).toBe(75);
    expect(responseOf((await readRows())[0])).toMatchObject({ code: 'SPOTIFY_UNAVAILABLE' });
    expect(server.asked).toEqual(['huge']);
  });

  test('at a wrong address marks no row as sent', async () => {
    answer = () => ({ status: 404, body: { code: 'PLAYLIST_NOT_FOUND', detail: 'Of another.' } });
    await writeFile(file, pending(3));

    expect((await trigger('--concurrency', '1')).code).toBe(75);
    expect((await readRows()).map((row) => row.request_sent)).toEqual(repeat('False', 3));
    expect(server.asked).toEqual(['uri-0']);
  });

  test('refuses a redirect to another host and follows one on its own', async () => {
    const other = await startIngestServer();
    answer = (uri) =>
      uri === 'out' ? { status: 302, headers: { location: `${other.url}/ingest` } } : loaded(uri);
    await writeFile(file, list('out,,,'));
    const refused = await trigger();
    answer = (uri) =>
      uri === 'in'
        ? { status: 307, headers: { location: '/dev/ingest?playlist_uri=there' } }
        : loaded(uri);
    await writeFile(file, list('in,,,'));
    const followed = await trigger();

    expect([refused.code, followed.code]).toEqual([75, 0]);
    expect(refused.stdout).toContain('REDIRECT_REFUSED');
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test('reads no more than a megabyte of an answer, and waits no longer than told', async () => {
    answer = (uri, response) => {
      if (uri === 'large') return { body: 'x'.repeat(2_000_000) };
      response.writeHead(200);
      response.write('{');
      return undefined;
    };
    await writeFile(file, list('large,,,', 'slow,,,'));

    expect(await triggerHere({ timeout: '1' })).toBe(75);

    const codes = (await readRows()).map((row) => responseOf(row));
    expect(codes).toMatchObject([{ code: 'BODY_TOO_LARGE' }, { code: 'TIMEOUT' }]);
  });

  test('ends at once with one line where nothing listens', async () => {
    const gone = await startIngestServer();
    await gone.close();
    await writeFile(file, pending(30));

    const { code, stderr, stdout } = await program.run(['trigger', file, '--endpoint', gone.url]);

    expect(code).toBe(75);
    const why = `Nothing answers at ${gone.url}. Is \`npm run local\` running?`;
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line.includes(why))).toHaveLength(1);
    expect(stdout).not.toContain('uri-');
    expect((await readRows()).map((row) => row.request_sent)).toEqual(repeat('False', 30));
    expect((await readRows()).filter(({ response }) => response !== '').length).toBeLessThan(3);
  });

  test('finds out before the first request that the file cannot be written', async () => {
    await writeFile(file, pending(3));
    await mkdir(`${file}.tmp`);
    await writeFile(join(`${file}.tmp`, 'in the way'), '');

    const { code, stderr } = await trigger();

    expect([code, server.asked]).toEqual([1, []]);
    expect(stderr).toContain('Nothing was sent.');
    expect(await readFile(file, 'utf8')).toBe(pending(3));
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('at %s brings the rows in flight home and exits %d', async (signal, expected) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = async (uri) => {
      await released;
      return loaded(uri);
    };
    await writeFile(file, pending(10));

    const { child, finished } = program.start(['trigger', file, '--endpoint', server.url]);
    while (server.asked.length < 2) await sleep(5);
    child.kill(signal);
    await sleep(100);
    release();
    const { code, stdout } = await finished;

    expect(code).toBe(expected);
    expect(server.asked).toHaveLength(2);
    expect((await readRows()).map((row) => row.request_sent)).toEqual([
      'True',
      'True',
      ...repeat('False', 8),
    ]);
    expect(stdout).toContain(`Stopped by ${signal}`);
    expect(await readdir(folder)).toEqual(['playlists.csv']);
  });

  test('keeps the file’s mode and owner, and a link to it', async () => {
    const target = join(folder, 'target.csv');
    await writeFile(target, pending(2));
    await chmod(target, 0o640);
    if (process.getuid?.() === 0) execFileSync('chown', ['12345:23456', target]);
    const before = await stat(target);
    await symlink(target, file);

    await trigger();

    const after = await stat(target);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect((await readdir(folder)).sort()).toEqual(['playlists.csv', 'target.csv']);
    expect((await readRows()).map((row) => row.request_sent)).toEqual(['True', 'True']);
  });
});

describe('An edit while rows are sent', () => {
  test('is merged: new rows, comments and order are the user’s, answers are kept', async () => {
    await writeFile(file, pending(6));
    answer = async (uri) => {
      if (uri === 'uri-2') {
        // As editors do: the old copy with a new row in front, another column, and a comment, in one stroke.
        const edited = `extra,${HEADER}e,new,False,,\n${pending(6)
          .split('\n')
          .slice(1, -1)
          .map((line) => `,${line.replace('n, 5', 'mine')}\n`)
          .join('')}`;
        await writeFile(`${file}.editor`, edited);
        await rename(`${file}.editor`, file);
      }
      return loaded(uri);
    };

    const { code } = await trigger('--concurrency', '1');

    expect(code).toBe(0);
    const rows = await readRows();
    expect(rows.map((row) => [row.extra, row.playlist_uri, row.request_sent, row.note])).toEqual([
      ['e', 'new', 'False', ''],
      ...Array.from({ length: 6 }, (_, row) => [
        '',
        `uri-${row}`,
        'True',
        row === 5 ? 'mine' : `n, ${row}`,
      ]),
    ]);
    expect(server.asked).toHaveLength(6);
  });

  test('that takes out or answers a row is heeded', async () => {
    await writeFile(file, list('a,,,', 'b,,,', 'c,,,', 'd,,,'));
    answer = async (uri) => {
      if (uri === 'a') {
        await writeFile(`${file}.editor`, list('a,,,', 'b,True,by hand,', 'd,,,'));
        await rename(`${file}.editor`, file);
      }
      // Time for the file to follow.
      await sleep(200);
      return loaded(uri);
    };

    await trigger('--concurrency', '1');

    expect(server.asked).not.toContain('c');
    const rows = await readRows();
    expect(rows.map(({ playlist_uri }) => playlist_uri)).toEqual(['a', 'b', 'd']);
    expect(rows[1]).toMatchObject({ request_sent: 'True', response: 'by hand' });
  });

  test('that breaks the file ends the start with a clear error and the broken file untouched', async () => {
    const broken = `${HEADER}uri-0,False,"oops,\n`;
    await writeFile(file, pending(20));
    answer = async (uri) => {
      if (uri === 'uri-1') {
        await writeFile(`${file}.editor`, broken);
        await rename(`${file}.editor`, file);
      }
      await sleep(50);
      return loaded(uri);
    };

    const { code, stderr } = await trigger('--concurrency', '1');

    expect(code).toBe(1);
    expect(stderr).toContain('was edited while its rows were sent');
    expect(stderr).toContain('Line 2 cannot be read');
    expect(await readFile(file, 'utf8')).toBe(broken);
    expect(server.asked.length).toBeLessThan(20);
  });
});

describe('A file that cannot be used', () => {
  test.each([
    ['no such file', undefined, 'no such file'],
    ['a missing column', 'request_sent,response\na,\n', 'Line 1: the column playlist_uri'],
    ['a broken quote', list('a,,,', 'b,"x,,'), 'Line 3 cannot be read'],
    ['a truncated last line', `${list('a,,,')}b,Fal`, 'Line 3 has 2 fields'],
  ])('%s is refused with exit code 2, and left alone', async (_, text, message) => {
    if (text !== undefined) await writeFile(file, text);

    const { code, stderr } = await trigger();

    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(server.asked).toEqual([]);
    if (text !== undefined) expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(folder)).toEqual(text === undefined ? [] : ['playlists.csv']);
  });

  // A disk of its own and another user take root, and the tools of Linux; elsewhere these three are skipped.
  const asRoot = process.getuid?.() === 0 && process.platform === 'linux' ? test : test.skip;

  asRoot(
    'writes a file in place that is a mount of its own, as a Docker volume of one file is',
    async () => {
      const source = join(folder, 'source.csv');
      await writeFile(source, pending(3));
      await writeFile(file, '');
      execFileSync('mount', ['--bind', source, file]);
      try {
        const { code } = await trigger();

        expect(code).toBe(0);
        expect(parse(await readFile(source), { columns: true })).toEqual(
          repeat(expect.objectContaining({ request_sent: 'True' }), 3),
        );
      } finally {
        execFileSync('umount', [file]);
      }
      expect((await readdir(folder)).sort()).toEqual(['playlists.csv', 'source.csv']);
    },
  );

  asRoot('a disk that fills up ends the start with the file intact', async () => {
    const mount = join(folder, 'small');
    await mkdir(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', mount]);
    try {
      file = join(mount, 'playlists.csv');
      // Room for the file and a little more: the copy with answers no longer fits.
      await writeFile(file, pending(100).padEnd(70_000, '\n'));
      const before = await readFile(file, 'utf8');

      const { code, stderr } = await trigger();

      expect(code).toBe(1);
      expect(stderr).toMatch(/cannot be written: ENOSPC.*no space left/);
      expect(await readFile(file, 'utf8')).toBe(before);
      expect(await readdir(mount)).toEqual(['playlists.csv']);
      expect(server.asked.length).toBeLessThan(100);
    } finally {
      execFileSync('umount', [mount]);
    }
  });

  asRoot('a folder that may not be written ends the start before a row is sent', async () => {
    await writeFile(file, pending(3));
    await chmod(program.folder, 0o755);
    await chmod(folder, 0o555);
    await chmod(file, 0o644);
    // This user may not be let into the checkout.
    const cli = join(program.folder, 'spotify-etl.cjs');
    await copyFile(BUILT_CLI, cli);

    const { code, stderr } = await program.run(['trigger', file, '--endpoint', server.url], {
      cli,
      uid: 65_534,
    });

    expect(code).toBe(1);
    expect(stderr).toContain('EACCES');
    expect(server.asked).toEqual([]);
  });
});

describe('Starts at the same time', () => {
  test.each([2, 10])('of %d one works, the others exit 75 with one line', async (starts) => {
    answer = async (uri) => {
      await sleep(40);
      return loaded(uri);
    };
    await writeFile(file, pending(100));

    const finished = await Promise.all(Array.from({ length: starts }, () => trigger()));

    expect(finished.map(({ code }) => code).sort()).toEqual([0, ...repeat(75, starts - 1)]);
    for (const { code, stdout, stderr } of finished) {
      if (code === 0) continue;
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /^✖ Another run is already working on this file \(process \d+, started \d\d:\d\d\)\.\n$/,
      );
    }
    expect(server.asked.sort()).toEqual(
      Array.from({ length: 100 }, (_, row) => `uri-${row}`).sort(),
    );
    expect(await readdir(folder)).toEqual(['playlists.csv']);
  });

  test('of ten that find the lock of a dead process one takes it over', async () => {
    answer = async (uri) => {
      await sleep(40);
      return loaded(uri);
    };
    await writeFile(file, pending(100));
    const { child, finished: killed } = program.start(['trigger', file, '--endpoint', server.url]);
    while (server.asked.length < 2) await sleep(5);
    child.kill('SIGKILL');
    await killed;
    expect((await readdir(folder)).sort()).toContain('playlists.csv.lock');
    const known = (await readRows()).filter(({ request_sent }) => request_sent === 'True');
    server.asked.splice(0);

    const finished = await Promise.all(Array.from({ length: 10 }, () => trigger()));

    expect(finished.map(({ code }) => code).sort()).toEqual([0, ...repeat(75, 9)]);
    expect(server.asked).toHaveLength(100 - known.length);
    expect(await readdir(folder)).toEqual(['playlists.csv']);
  });

  test('a lock whose process ID now belongs to another process is stale', async () => {
    await writeFile(file, pending(1));
    const lock = { id: 'x', pid: process.pid, started: 'another/1', host: '', since: 'then' };
    lock.host = execFileSync('hostname', { encoding: 'utf8' }).trim();
    await writeFile(`${file}.lock`, JSON.stringify(lock));

    expect((await trigger()).code).toBe(0);
  });
});

describe('The lock', () => {
  test('that nobody can own is taken over with a line that says so', async () => {
    await writeFile(file, pending(1));
    await writeFile(`${file}.lock`, '{"pid":');
    const young = await trigger();
    const twoDaysAgo = new Date(Date.now() - 172_800_000);
    await utimes(`${file}.lock`, twoDaysAgo, twoDaysAgo);
    const old = await trigger();

    expect([young.code, young.stderr]).toEqual([
      75,
      '✖ Another run is already working on this file.\n',
    ]);
    expect([old.code, old.stderr]).toEqual([
      0,
      `! Took over ${file}.lock from a process that is gone.\n`,
    ]);
    expect(await readdir(folder)).toEqual(['playlists.csv']);
  });
});

describe('The command line', () => {
  test('reads rows from standard input and writes the file to standard output', async () => {
    const { code, stdout, stderr } = await program.run(['trigger', '-', '--endpoint', server.url], {
      stdin: pending(2),
    });

    expect(code).toBe(0);
    const rows: Cells[] = parse(stdout, { columns: true });
    expect(rows.map((row) => [row.request_sent, row.note])).toEqual([
      ['True', 'n, 0'],
      ['True', 'n, 1'],
    ]);
    expect(stderr).toContain('2 rows: 2 done');
  });

  test('with nothing pending gives standard input back as it came', async () => {
    const text = '\ufeffrequest_sent,playlist_uri,response\r\nTRUE,"x",\r\n';

    const { stdout } = await program.run(['trigger', '-', '--endpoint', server.url], {
      stdin: text,
    });

    expect(stdout).toBe(text);
  });

  test('--dry-run tells what would be sent, and does nothing', async () => {
    await writeFile(file, pending(3));

    const { code, stdout } = await trigger('--dry-run', '--limit', '2');

    expect([code, stdout, server.asked]).toEqual([0, 'uri-0\nuri-1\n', []]);
    expect(await readFile(file, 'utf8')).toBe(pending(3));
  });

  test('--limit sends so many, --json tells it in lines of JSON, --quiet nothing', async () => {
    await writeFile(file, pending(3));

    const json = await trigger('--limit', '1', '--json');
    const quiet = await trigger('--quiet');

    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { type: 'answer', playlist_uri: 'uri-0', verdict: 'done', response: { code: 'loaded' } },
      { type: 'summary', rows: 1, done: 1, failed: 0 },
    ]);
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, '', '']);
    expect(server.asked).toHaveLength(3);
  });

  test('--quiet says in one line that rows failed, and where to look', async () => {
    answer = (uri) => (uri === 'uri-1' ? problem('PLAYLIST_NOT_FOUND') : loaded(uri));
    await writeFile(file, pending(3));

    const { code, stderr, stdout } = await trigger('--quiet');

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`✖ 1 of 3 rows failed for good: see response in ${file}\n`);
  });

  test('what the API wants a person to know reaches the error stream, quiet or not', async () => {
    const warning = 'The Spotify login ends in 7 days.';
    answer = () => ({ body: { status: 'unchanged', message: 'x', warnings: [warning] } });
    await writeFile(file, pending(2));

    const loud = await trigger('--limit', '1');
    const quiet = await trigger('--quiet');

    expect([loud.code, loud.stderr]).toEqual([0, `! ${warning}\n`]);
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, '', `! ${warning}\n`]);
  });

  test('takes the endpoint from SPOTIFY_ETL_ENDPOINT and keeps its path', async () => {
    await writeFile(file, pending(1));

    const { code } = await program.run(['trigger', file], {
      env: { SPOTIFY_ETL_ENDPOINT: `${server.url}/dev/` },
    });

    expect(code).toBe(0);
  });

  test('--sign signs with the credentials of the environment; nothing is signed for loopback otherwise', async () => {
    await writeFile(file, pending(1));
    const env = {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 'session-token',
    };
    const args = ['trigger', file, '--endpoint', server.url, '--refresh', '--api-key', 'key'];

    await program.run(args, { env });
    await program.run([...args, '--sign', '--region', 'eu-central-1'], { env });

    const [plain, signed] = server.headers;
    expect(plain).not.toHaveProperty('authorization');
    expect(plain).not.toHaveProperty('x-api-key');
    expect(signed?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=.*host/,
    );
    expect(signed).toMatchObject({ 'x-amz-security-token': 'session-token' });
  });

  test.each([
    ['no endpoint', [], 'Give --endpoint or set SPOTIFY_ETL_ENDPOINT'],
    ['http to another host', ['--endpoint', 'http://example.com'], 'neither https'],
    ['an unknown option', ['--nonsense'], "unknown option '--nonsense'"],
    ['a number that is none', ['--concurrency', 'x'], '--concurrency must be a whole number'],
    ['too many at a time', ['--concurrency', '1000'], '--concurrency must be at most 64'],
  ])('%s is wrong usage', async (_, args, message) => {
    await writeFile(file, pending(1));

    const { code, stderr } = await program.run(['trigger', file, ...args]);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('--help shows examples and exit codes', async () => {
    const { code, stdout } = await program.run(['trigger', '--help']);

    expect(code).toBe(0);
    for (const text of ['Examples:', '--retry-failed', 'Exit codes:'])
      expect(stdout).toContain(text);
  });
});

test('a proxy of the environment is used where Node is told to', async () => {
  await writeFile(file, 'playlist_uri\nVwbDSzkOLoUONMLsCZ7mFH\n');
  const proxy = createServer();
  const targets = new Set<string | undefined>();
  proxy.on('connect', ({ url: target }, socket) => {
    targets.add(target);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const { close, url } = await serveOnLoopback(proxy, { port: 0 });

  const args = ['trigger', file, '--endpoint', 'https://api.example'];
  const env = { HTTPS_PROXY: url, NODE_USE_ENV_PROXY: '1' };
  const { stdout } = await program.run(args, { env });

  expect(stdout).toContain('UNREACHABLE  Proxy response (502)');
  expect([...targets]).toEqual(['api.example:443']);
  await close();
});
