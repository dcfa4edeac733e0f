import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { toPlaylistRecords } from '../../etl/transform/playlist-records.ts';
import { startDynamodb } from '../../local/dynamodb.ts';
import { readStack } from '../../local/table-definitions.ts';
import { itemSizeBytes, MAX_ITEM_BYTES, numberBytes } from '../../stores/dynamodb/item-size.ts';
import { RecordRepository } from '../../stores/dynamodb/record-repository.ts';
import { createLargestList } from '../support/largest-list.ts';
import {
  createTestClient,
  startTestTables,
  TEST_TABLES,
  type TestTables,
} from '../support/test-tables.ts';
import { createVirtualClock, START_MS } from '../support/virtual-clock.ts';

type Item = Record<string, unknown>;

/** Of each property on each engine; every run writes 800 KB. */
const RUNS = Number(process.env.SIZE_RUNS ?? 150);
const TableName = TEST_TABLES.track;
const KEY = { track_id: 'edge' };

/** Whether the engine takes a write; any refusal but the one for size is a failure of the test. */
async function isTaken(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (String(error).includes('exceeded the maximum allowed size')) return false;
    throw error;
  }
}

/** The item, filled up by one text to so many bytes. */
function filled(item: Item, bytes: number): Item {
  const room = bytes - itemSizeBytes({ ...KEY, ...item, fill: '' });
  return { ...item, ...KEY, fill: 'x'.repeat(room) };
}

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 });
const unicode = fc.oneof(
  ascii,
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Clusters of several code points: combining marks, flags, families.
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 0.1, -0.01, 1e-7, 100, 12_000, 120_000, 207_959, 1e15),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ min: -9e15, max: 9e15, noNaN: true }).filter((n) => n === 0 || Math.abs(n) > 1e-120),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -100, max: 12 }))
    .map(([digits, power]) => Number(`${digits}e${power}`)),
  fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
);

function itemsOf(texts: fc.Arbitrary<string>): fc.Arbitrary<Item> {
  const names = fc
    .oneof(
      { weight: 9, arbitrary: texts },
      { weight: 1, arbitrary: fc.tuple(texts, fc.nat(3_000)).map(([t, n]) => t + 'n'.repeat(n)) },
    )
    .filter((name) => !['', '__proto__', 'fill', 'track_id'].includes(name));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts,
      numbers,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.dictionary(names, tie('value'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  return fc.dictionary(names, value, { maxKeys: 8, noNullPrototype: true });
}

/** All that DynamoDB takes as a number: up to 38 digits, between 1e-130 and 1e126. */
const decimals = fc
  .record({
    sign: fc.constantFrom('', '-'),
    digits: fc.stringMatching(/^(0|[1-9]\d{0,36}[1-9]?0{0,3})$/),
    point: fc.nat(40),
    exponent: fc.integer({ min: -90, max: 80 }),
    zeros: fc.nat(3),
  })
  .map(({ digits, exponent, point, sign, zeros }) => {
    const at = Math.max(0, digits.length - point);
    const fraction = digits.slice(at) + '0'.repeat(zeros);
    const whole = digits.slice(0, at) || '0';
    const power = exponent % 3 === 0 ? `e${exponent}` : '';
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${power}`;
  })
  .filter((text) => text.replace(/e.*|\D/g, '').replace(/^0+|0+$/g, '').length <= 38);

type Engine = {
  readonly name: string;
  readonly start: () => Promise<TestTables>;
  readonly texts: fc.Arbitrary<string>;
};

async function startDynalite(): Promise<TestTables> {
  const { tables } = await readStack('serverless.yml', 'test');
  const { close, url } = await startDynamodb({ port: 0, tables });
  const client = createTestClient(url);
  return { client, url, close };
}

const ENGINES: Engine[] = [
  { name: 'DynamoDB Local', start: startTestTables, texts: unicode },
  // It counts UTF-16 units where DynamoDB counts bytes.
  { name: 'dynalite, of ASCII', start: startDynalite, texts: ascii },
];

describe.each(ENGINES)('the size of an item in $name', ({ start, texts }) => {
  let tables: TestTables;
  beforeAll(async () => {
    tables = await start();
  });
  afterAll(() => tables.close());

  const isPut = (Item: Item): Promise<boolean> =>
    isTaken(() => tables.client.send(new PutCommand({ TableName, Item })));

  it('is what we say: one of exactly 400 KB is taken, one of a byte more refused', async () => {
    await fc.assert(
      fc.asyncProperty(itemsOf(texts), async (item) => {
        expect(await isPut(filled(item, MAX_ITEM_BYTES))).toBe(true);
        expect(await isPut(filled(item, MAX_ITEM_BYTES + 1))).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('counts every number DynamoDB can hold as we do', async () => {
    const isHeld = (decimal: string, bytes: number): Promise<boolean> => {
      const room = bytes - itemSizeBytes({ ...KEY, n: '', fill: '' }) - numberBytes(decimal);
      const Item = {
        track_id: { S: KEY.track_id },
        n: { N: decimal },
        fill: { S: 'x'.repeat(room) },
      };
      return isTaken(() => tables.client.send(new PutItemCommand({ TableName, Item })));
    };
    await fc.assert(
      fc.asyncProperty(decimals, async (decimal) => {
        expect(await isHeld(decimal, MAX_ITEM_BYTES)).toBe(true);
        expect(await isHeld(decimal, MAX_ITEM_BYTES + 1)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('is the same to an update, by which playlists are written', async () => {
    const record = {
      playlist_id: 'edge',
      playlist_uri: 'spotify:playlist:edge',
      playlist_url: 'https://open.spotify.com/playlist/edge',
      playlist_snapshot_id: 'AAAAB1',
      playlist_num_items: 12_000,
      playlist_tracks: ['t', 'u'],
      playlist_others: [],
      playlist_added_at: [1_600_000_000, -1],
      playlist_added_by: [0, -1],
      playlist_contributors: ['ada'],
      playlist_skipped: { episode: 0, local: 0, unavailable: 100 },
      extracted_at: '2026-11-20T12:00:00.000Z',
      run_id: 'run-1',
    };
    const repository = new RecordRepository(tables.client, TEST_TABLES, {
      clock: createVirtualClock(),
      deadlineAt: START_MS + 600_000,
    });
    const isSet = (bytes: number): Promise<boolean> => {
      const room = bytes - itemSizeBytes({ ...record, playlist_description: '' });
      const playlist_description = 'x'.repeat(room);
      return isTaken(() => repository.putPlaylist({ ...record, playlist_description }));
    };

    expect(await isSet(MAX_ITEM_BYTES)).toBe(true);
    expect(await isSet(MAX_ITEM_BYTES + 1)).toBe(false);
  });

  it('is what we say for a list of 11,000 items with dates, adders and what is not a track, which fits', async () => {
    const { playlist } = toPlaylistRecords(
      { metadata: { id: 'largest', snapshot_id: 'AAAAB1' }, items: createLargestList() },
      { extractedAt: '2026-11-20T12:00:00.000Z', runId: 'run-1' },
    );

    expect(itemSizeBytes(playlist)).toBeLessThan(MAX_ITEM_BYTES);
    expect(await isPut(filled(playlist, MAX_ITEM_BYTES))).toBe(true);
    expect(await isPut(filled(playlist, MAX_ITEM_BYTES + 1))).toBe(false);
  });
});
