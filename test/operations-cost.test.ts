/** Computes the figures of docs/cost.md from the price table and the formulas. */
import { readFile } from 'node:fs/promises';
import { type PaidUse, PRICES, runCostUsd } from '../app/prices.ts';
import {
  readsOfFirstLoad,
  readsOfListing,
  readsOfUnchanged,
  WRITES_OF_UNCHANGED,
  writesOfFirstLoad,
} from './support/unit-formulas.ts';

/** A playlist of 100 items, as docs/cost.md assumes it. */
const ROWS = 250;
const PLAYLIST_BYTES = 3_900;
const MEMORY_MB = 512;
const LOAD_MS = 800;
const UNCHANGED_MS = 300;
const LISTING_CALLS_OF_50 = 4;
const CALL_MS = 250;
/** The budget of 900 calls, less what is reserved. */
const CALLS_A_DAY = 820;

type Day = {
  readonly playlists: number;
  readonly what: string;
  readonly runs: number;
  readonly calls: number;
  readonly use: PaidUse;
};

function firstLoad(playlists: number, newShare: number): Day {
  const load = {
    quotaReads: 1,
    quotaWrites: 1,
    rows: ROWS,
    newRows: ROWS * newShare,
    playlistBytes: PLAYLIST_BYTES,
  };
  return {
    playlists,
    what: `first load, ${newShare * 100} % of rows new`,
    runs: playlists,
    calls: playlists,
    use: {
      readUnits: readsOfFirstLoad(load),
      writeUnits: writesOfFirstLoad(load),
      durationMs: LOAD_MS,
      memoryMb: MEMORY_MB,
    },
  };
}

function quietDay(playlists: number): Day {
  return {
    playlists,
    what: 'quiet day, each asked for',
    runs: playlists,
    calls: playlists,
    use: {
      readUnits: readsOfUnchanged(PLAYLIST_BYTES),
      writeUnits: WRITES_OF_UNCHANGED,
      durationMs: UNCHANGED_MS,
      memoryMb: MEMORY_MB,
    },
  };
}

/** `trigger --refresh` asks for the list, and finds that nothing has changed. */
function quietDayByList(playlists: number): Day {
  return {
    playlists,
    what: 'quiet day, by the list',
    runs: 1,
    calls: LISTING_CALLS_OF_50,
    use: {
      readUnits: readsOfListing(playlists, PLAYLIST_BYTES),
      writeUnits: WRITES_OF_UNCHANGED,
      durationMs: LISTING_CALLS_OF_50 * CALL_MS,
      memoryMb: MEMORY_MB,
    },
  };
}

const DAYS: readonly Day[] = [
  firstLoad(1, 1),
  quietDay(1),
  firstLoad(200, 0.8),
  quietDay(200),
  quietDayByList(200),
  firstLoad(1_000_000, 0.2),
  quietDay(1_000_000),
];

const grouped = (count: number): string => Math.round(count).toLocaleString('en-US');
const toUsd = (usd: number): string =>
  usd < 0.01
    ? `$${usd.toFixed(6)}`
    : `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

function toRow({ calls, playlists, runs, use, what }: Day): string {
  const cells = [
    grouped(playlists),
    what,
    grouped(calls),
    grouped(use.writeUnits * runs),
    grouped(use.readUnits * runs),
    toUsd(runCostUsd(use, runs)),
    grouped(Math.ceil(calls / CALLS_A_DAY)),
  ];
  return `| ${cells.join(' | ')} |`;
}

let doc: string;
beforeAll(async () => {
  doc = await readFile('docs/cost.md', 'utf8');
});

test('The table of the cost page has the figures that prices and formulas give', () => {
  const table = doc.split('\n').filter((line) => /^\| [\d,]+ \| (?:first|quiet)/.test(line));

  expect(table).toEqual(DAYS.map(toRow));
});

test('The cost page has the prices that runs are reckoned with, and their day', () => {
  expect(doc).toContain(`as AWS listed them for ${PRICES.region} on ${PRICES.asOf}`);
  const prices = [
    ['a million write units', PRICES.writeUnit * 1e6],
    ['a million read units', PRICES.readUnit * 1e6],
    ['a million calls of the API', PRICES.apiCall * 1e6],
    ['a million requests to Lambda', PRICES.lambdaRequest * 1e6],
    ['a million seconds of 1 GB, arm64', PRICES.lambdaGbSecond * 1e6],
  ] as const;
  for (const [what, usd] of prices) {
    expect(doc).toContain(`| ${what} | $${Number(usd.toFixed(4))} |`);
  }
});

test('The cost page says what a month of polls costs', () => {
  const polls = 30 * 24 * 3;
  const run = { readUnits: 1, writeUnits: 1, durationMs: 1_000, memoryMb: MEMORY_MB };
  // A schedule starts them, and no call of the API.
  const pollsUsd = runCostUsd(run, polls) - polls * PRICES.apiCall;
  const reads = 2 * polls;
  const rows = [
    [
      `${grouped(polls)} polls of 1,000 ms at ${MEMORY_MB} MB, each 1 write unit and 1 read unit`,
      pollsUsd,
    ],
    [
      `the database's token (Secrets Manager), and ${grouped(reads)} reads of secrets`,
      0.4 + (0.05 * reads) / 10_000,
    ],
    ['5 alarm metrics', 5 * 0.1],
    [
      '10 custom metrics, published in every hour; in an account without others they are free',
      10 * 0.3,
    ],
  ] as const;
  for (const [what, usd] of rows) expect(doc).toContain(`| ${what} | ${toUsd(usd)} |`);
});

test('The cost page says what a month of syncs costs', () => {
  const run = { readUnits: 300, writeUnits: 300, durationMs: 60_000, memoryMb: MEMORY_MB };
  const runs = 5;
  const runsUsd = runCostUsd(run, runs) - runs * PRICES.apiCall;
  const what = `${runs} runs of 60 s at ${MEMORY_MB} MB, each 300 write units and 300 read units`;
  expect(doc).toContain(`| ${what} | ${toUsd(runsUsd)} |`);
  expect(doc).toContain(`| 2 alarm metrics | ${toUsd(2 * 0.1)} |`);
});

test('The cost page says what a month of album reports costs', () => {
  const noApiCall = (runs: number): number => runs * PRICES.apiCall;
  const run = { readUnits: 1_000, writeUnits: 500, durationMs: 20_000, memoryMb: MEMORY_MB };
  const idle = { readUnits: 0, writeUnits: 0, durationMs: 300, memoryMb: MEMORY_MB };
  const [reads, writes] = [0.4e-6, 5e-6];
  const files = 5 * 16;
  const rows = [
    [
      `5 reports of 20 s at ${MEMORY_MB} MB, each 500 write units and 1,000 read units`,
      runCostUsd(run, 5) - noApiCall(5),
    ],
    [
      '144 starts of 300 ms with nothing to do, each 2 reads of S3',
      runCostUsd(idle, 144) - noApiCall(144) + 144 * 2 * reads,
    ],
    [`${files} files, S3 at $5 a million writes`, files * writes],
    ['2 alarm metrics', 2 * 0.1],
  ] as const;
  for (const [what, usd] of rows) expect(doc).toContain(`| ${what} | ${toUsd(usd)} |`);
});

test('The cost page says what its playlist is', () => {
  for (const fact of [
    `${ROWS} rows`,
    `${grouped(PLAYLIST_BYTES)} bytes`,
    `${MEMORY_MB} MB`,
    `${LOAD_MS} ms`,
    `${UNCHANGED_MS} ms`,
    `${CALLS_A_DAY} calls a day`,
  ]) {
    expect(doc).toContain(fact);
  }
});
