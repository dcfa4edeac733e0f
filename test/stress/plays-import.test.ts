/**
 * `plays import` of ten years within its memory, and killed at random moments: started again until it ends, it leaves the library
 * of one that was never stopped. IMPORT_KILLS sets how often the smaller import is killed.
 */
import { once } from 'node:events';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createAccountFiles,
  createExportFiles,
  writeExportZip,
} from '../../local/simulator/export-zip.ts';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import { findExportFiles } from '../../spotify/exports/export-files.ts';
import { createGetProgram, type GetProgram, type Row } from '../support/get-program.ts';
import { watchMemory } from '../support/process-memory.ts';

const KILLS = Number(process.env.IMPORT_KILLS ?? 60);
const BIG_KILLS = 5;
/** Of one import, before it is left to end. */
const MAX_KILLS_OF_ONE = 8;
/** Side by side: a start waits for the disk for part of its time. */
const LANES = 3;
const MAX_MB = 400;
const DAY_MS = 86_400_000;

let program: GetProgram;
let nowMs = Date.now() - 3 * DAY_MS;
const random = createSeededRandom(7);
beforeAll(async () => {
  program = await createGetProgram({ listener: 'normal', now: () => nowMs });
});
afterAll(() => program.close());

const fileOf = (name: string): string => join(program.folder, name);
const argsOf = (zip: string, library: string): string[] => {
  return ['plays', 'import', zip, '--library', library, '--json'];
};
async function importInto(library: string, zip: string): Promise<Row & { readonly ms: number }> {
  const startedAt = performance.now();
  const { code, stderr, stdout } = await program.run(argsOf(zip, library));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return { ...(JSON.parse(stdout) as Row), ms: performance.now() - startedAt };
}

const EVERYTHING = [
  'SELECT item.*, own.uri AS same_as FROM item LEFT JOIN item AS own ON own.item_id = item.same_as ORDER BY item.uri',
  'SELECT play.*, uri AS item_id, sha256 AS import_id FROM play JOIN item USING (item_id) LEFT JOIN import USING (import_id) ORDER BY api_key, export_key, account_key',
  'SELECT gap.*, sha256 AS closed_by FROM gap LEFT JOIN import ON import_id = closed_by ORDER BY after',
  'SELECT * FROM import ORDER BY sha256',
  'SELECT * FROM poll ORDER BY at',
  'SELECT * FROM meta ORDER BY key',
  'SELECT * FROM track ORDER BY track_id',
];
const OF_OUR_CLOCK = ['started_at', 'finished_at', 'reconciled_at', 'seen_at', 'found_at'];

/** Every row, but for what our clock says and the numbers of rows. */
function contentOf(library: string): string[][] {
  return EVERYTHING.map((sql, index) =>
    program.query(sql, library).map((row) => {
      const own = index === 0 ? ['item_id'] : ['play_id', 'gap_id', 'poll_id'];
      const left = [...own, ...OF_OUR_CLOCK, ...(index === 3 ? ['import_id'] : [])];
      return JSON.stringify(
        Object.fromEntries(Object.entries(row).filter(([name]) => !left.includes(name))),
      );
    }),
  );
}

/** Starts the import and kills it within its first `ms`. Whether it was killed before its end. */
async function isKilled(library: string, zip: string, ms: number): Promise<boolean> {
  const { child, finished } = program.start(argsOf(zip, library));
  const isOver = new AbortController();
  void once(child, 'exit').then(() => {
    isOver.abort();
  });
  await sleep(random.integer(Math.floor(ms / 4), Math.ceil(ms)), undefined, {
    signal: isOver.signal,
  }).catch(() => undefined);
  child.kill('SIGKILL');
  const { code, signal } = await finished;
  if (signal === null) expect(code).toBe(0);
  return signal === 'SIGKILL';
}

test('235,000 rows take less than 400 MB, and five kills change nothing', async () => {
  const zip = fileOf('ten-years.zip');
  const files = createExportFiles(program.spotify.catalogue, { seed: 3, rows: 235_000, nowMs });
  await writeExportZip(zip, files);
  const library = fileOf('ten-years.db');

  const { child, finished } = program.start(argsOf(zip, library));
  const startedAt = performance.now();
  const memory = watchMemory(child.pid ?? 0);
  const { code, stderr, stdout } = await finished;
  const ms = performance.now() - startedAt;
  const peakMb = await memory.stop();
  const first = JSON.parse(stdout) as Record<string, number>;
  const again = await importInto(library, zip);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { forgotten, known, new: fresh = 0, private: hidden = 0, repeated = 0, read } = first;
  expect({ forgotten, known, refused: first.refused }).toEqual({
    forgotten: 0,
    known: 0,
    refused: 0,
  });
  expect(fresh + hidden + repeated).toBe(read);
  expect(read).toBeGreaterThan(235_000);
  expect(program.query('SELECT count(*) AS n FROM play', library)).toEqual([{ n: fresh }]);
  expect(again).toMatchObject({ read, new: 0, known: fresh, repeated, private: hidden });
  if (peakMb !== undefined) expect(peakMb).toBeLessThan(MAX_MB);
  const parseMs = await timeParsing(zip);
  process.stderr.write(
    `235,000 rows: ${Math.round(ms)} ms, ${(ms / parseMs).toFixed(1)} times JSON.parse; again ${Math.round(again.ms)} ms; ${peakMb} MB\n`,
  );

  const killed = fileOf('killed.db');
  let kills = 0;
  while (kills < BIG_KILLS && (await isKilled(killed, zip, ms / 2))) kills += 1;
  await importInto(killed, zip);
  expect(kills).toBeGreaterThan(0);
  expect(contentOf(killed)).toEqual(contentOf(library));
});

async function timeParsing(zip: string): Promise<number> {
  const { close, files } = await findExportFiles([zip]);
  let ms = 0;
  for (const { read } of files) {
    const text = (await read()).toString();
    const startedAt = performance.now();
    JSON.parse(text);
    ms += performance.now() - startedAt;
  }
  close();
  return ms;
}

test(`${KILLS} kills of an import after polls leave the library of one that was never stopped`, async () => {
  const before = fileOf('before.db');
  for (const days of [0, 2]) {
    nowMs += days * DAY_MS;
    const { code } = await program.run(['plays', 'collect', '--quiet', '--library', before]);
    expect(code).toBe(0);
  }
  const { catalogue } = program.spotify;
  const zip = fileOf('export.zip');
  const extended = createExportFiles(catalogue, { seed: 1, rows: 12_000, nowMs });
  // The account data is a day newer.
  const account = createAccountFiles(catalogue, { seed: 1, rows: 12_000, nowMs: nowMs + DAY_MS });
  await writeExportZip(zip, [...extended, ...account]);
  const undisturbed = fileOf('undisturbed.db');
  await copyFile(before, undisturbed);
  const { ms, ...report } = await importInto(undisturbed, zip);
  expect(report).toMatchObject({ gaps_closed: 1 });
  expect(report.paired).toBeGreaterThan(90);
  const expected = contentOf(undisturbed);

  let left = KILLS;
  let rounds = 0;
  const runLane = async (lane: number): Promise<void> => {
    const library = fileOf(`lane-${lane}.db`);
    while (left > 0) {
      for (const end of ['', '-wal', '-shm']) await rm(`${library}${end}`, { force: true });
      await copyFile(before, library);
      for (let more = random.integer(1, MAX_KILLS_OF_ONE); more > 0; more -= 1) {
        if (!(await isKilled(library, zip, ms))) break;
        left -= 1;
      }
      await importInto(library, zip);
      expect(contentOf(library)).toEqual(expected);
      rounds += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));

  process.stderr.write(`${KILLS} kills in ${rounds} imports\n`);
});
