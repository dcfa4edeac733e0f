/**
 * Runs that meet in the same tables, their calls in every order: one wins, nothing is a mix, nothing refers to a missing row.
 * What a run has seen is lost only where several runs found the same row new, and the next sighting brings it back.
 */
import { setImmediate as tick } from 'node:timers/promises';
import type { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc, { type Scheduler } from 'fast-check';
import { EtlError } from '../../etl/errors.ts';
import type { ItemPage, PlaylistOpening, PlaylistSource } from '../../etl/extract/sources.ts';
import type { CatalogueRow, CatalogueSink, PlaylistSink, RowKey } from '../../etl/load/sinks.ts';
import { CATALOGUE_TABLES, TABLE_KEYS } from '../../etl/model/records.ts';
import type { Playlist, PlaylistItem } from '../../etl/model/spotify-objects.ts';
import { ingestPlaylist } from '../../etl/pipelines/ingest.ts';
import { toPlaylistRecords } from '../../etl/transform/playlist-records.ts';
import { RecordRepository } from '../../stores/dynamodb/record-repository.ts';
import { findingsIn } from '../support/row-findings.ts';
import { playlists } from '../support/spotify-arbitraries.ts';
import { createTableRows, type Row, type TableRows } from '../support/table-rows.ts';
import { startTestTables, TEST_TABLES, type TestTables } from '../support/test-tables.ts';
import { createVirtualClock, START_MS } from '../support/virtual-clock.ts';
import { NO_ROWS, TABLES, type Tables } from '../support/world.ts';

const RACES = Number(process.env.RACES ?? 60);
const PAGE_ITEMS = 6;
const NOTHING: Playlist = { metadata: { id: 'none', snapshot_id: 'none' }, items: [] };
const LISTS = ['one', 'two'].map((name) => name.padEnd(22, '0')) as [string, string];

let tables: TestTables;
let tableRows: TableRows;
beforeAll(async () => {
  tables = await startTestTables();
  tableRows = createTableRows(tables);
});
afterAll(async () => {
  tableRows.close();
  await tables.close();
});

async function rowsNow(): Promise<Tables> {
  const scanned = await Promise.all(
    TABLES.map((table) => tableRows.scan(TEST_TABLES[table], `${table}_id`)),
  );
  return Object.fromEntries(TABLES.map((table, index) => [table, scanned[index]])) as Tables;
}

async function replaceRows(rows: Tables): Promise<void> {
  for (const table of TABLES) {
    await tableRows.replace(TEST_TABLES[table], `${table}_id`, rows[table]);
  }
}

type Sink = CatalogueSink & PlaylistSink;

/** Spotify, as one race sees it: every list in versions that follow one another at moments of their own. */
type Spotify = { readonly versions: readonly [Playlist, ...Playlist[]]; current: number };

/** What a run has seen, and how it ended. */
type Witness = {
  readonly sightings: CatalogueRow[];
  /** Rows that were not stored when the run looked, so that it puts them whole. */
  readonly foundNew: Set<string>;
  list: number;
  extractedAt?: string;
  end?: 'loaded' | 'unchanged' | 'NEWER_RUN_WON';
};

const idOf = ({ key, table }: RowKey): string => `${table}/${key}`;

/** A sink that notes what a run wants to be stored. */
function watched(sink: Sink, witness: Witness): Sink {
  return {
    findPlaylist: (playlistId) => sink.findPlaylist(playlistId),
    putRows: (rows) => sink.putRows(rows),
    updateRows: (changes) => sink.updateRows(changes),
    findRows: async (wanted) => {
      // A load asks for its rows themselves, attributes and all; the sample before it by keys alone.
      const rows = wanted.filter((row): row is CatalogueRow => 'attributes' in row);
      witness.sightings.push(...rows);
      const found = await sink.findRows(wanted);
      const stored = new Set(found.map(idOf));
      for (const row of rows) if (!stored.has(idOf(row))) witness.foundNew.add(idOf(row));
      return found;
    },
    putPlaylist: (record, options) => {
      witness.extractedAt = record.extracted_at;
      return sink.putPlaylist(record, options);
    },
  };
}

/** Each call waits for its turn; nothing else continues until it has taken effect. */
class Race {
  readonly #scheduler: Scheduler;
  #inFlight = 0;
  #ticks = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  async turn<Result>(label: string, call: () => Result | Promise<Result>): Promise<Result> {
    await this.#scheduler.schedule(Promise.resolve(), label);
    this.#inFlight += 1;
    try {
      return await call();
    } finally {
      this.#inFlight -= 1;
    }
  }

  run<Result>(work: Promise<Result>): Promise<Result> {
    return this.#scheduler.waitFor(work, async (release) => {
      const released: unknown = release();
      await released;
      do await tick();
      while (this.#inFlight > 0);
      await tick();
    });
  }

  /** A moment later than all before. */
  now(): number {
    this.#ticks += 1;
    return START_MS + this.#ticks;
  }
}

function sourceOf(spotify: Spotify, race: Race): PlaylistSource {
  const version = (): Playlist => spotify.versions[spotify.current] ?? spotify.versions[0];
  const pageAt = (offset: number): ItemPage => {
    const { items } = version();
    return {
      items: items.slice(offset, offset + PAGE_ITEMS),
      total: items.length,
      hasNext: offset + PAGE_ITEMS < items.length,
      nextLimit: PAGE_ITEMS,
    };
  };
  return {
    getPlaylist: () =>
      race.turn(
        'open',
        (): PlaylistOpening => ({
          metadata: version().metadata,
          openedAt: race.now(),
          firstPage: pageAt(0),
        }),
      ),
    async *listFurtherPages(_id, { total }) {
      for (let offset = PAGE_ITEMS; offset < total; offset += PAGE_ITEMS) {
        const page = await race.turn(`page at ${offset}`, () => pageAt(offset));
        if (page.items.length === 0) return;
        yield page;
      }
    },
    getSnapshotId: () => race.turn('close', () => version().metadata.snapshot_id),
  };
}

/** The client, each of whose calls takes its turn. */
function clientIn(race: Race, onWrite: () => Promise<void>): DynamoDBDocumentClient {
  const { client } = tables;
  // All commands look the same to the client.
  const send = (command: UpdateCommand, options: object): Promise<unknown> => {
    const name = command.constructor.name;
    return race.turn(name, async () => {
      const reply = await client.send(command, options);
      const isPlaylist = command.input.TableName === TEST_TABLES.playlist;
      if (name === 'UpdateCommand' && isPlaylist) await onWrite();
      return reply;
    });
  };
  return Object.assign(Object.create(client) as DynamoDBDocumentClient, { send });
}

/** Versions of a list, each with a snapshot of its own. */
const spotifies = (id: string, hasPopularity: boolean): fc.Arbitrary<Spotify> =>
  fc.tuple(playlists, fc.array(playlists, { maxLength: 1 })).map(([first, later]) => {
    const [begin, ...changed] = [first, ...later].map((playlist, version) => {
      const { items, metadata } = toVersion(playlist, { id, version });
      return { metadata, items: items.map((item) => withPopularity(item, hasPopularity)) };
    });
    return { versions: [begin ?? first, ...changed], current: 0 };
  });

/** Tracks that are in every version of a list, as no version of this project wrote them. */
function damagedRows({ versions }: Spotify = { versions: [NOTHING], current: 0 }): Tables {
  const idsOf = ({ items }: Playlist): string[] =>
    items.flatMap((item) => (item.kind === 'track' ? [item.track.id] : []));
  const [first, ...later] = versions.map(idsOf);
  const ids = new Set(first?.filter((id) => later.every((others) => others.includes(id))));
  const track = [...ids].map((id) => ({ track_id: id, track_isrc: 5, track_name: null }));
  return { ...NO_ROWS, track };
}

function toVersion(playlist: Playlist, { id, version }: { id: string; version: number }): Playlist {
  const items = playlist.items.slice(0, 2 * PAGE_ITEMS);
  const metadata = { ...playlist.metadata, id, snapshot_id: `${id}-${version}` };
  return { metadata, items };
}

/** An app is given the popularity of every track, or of none. */
function withPopularity(item: PlaylistItem, isGiven: boolean): PlaylistItem {
  if (item.kind !== 'track') return item;
  const { popularity, ...track } = item.track;
  return { kind: 'track', track: isGiven ? { ...track, popularity: popularity ?? 0 } : track };
}

const races = fc.boolean().chain((hasPopularity) =>
  fc.record({
    lists: fc.tuple(spotifies(LISTS[0], hasPopularity), spotifies(LISTS[1], hasPopularity)),
    /** Whether rows that the first run will see are stored malformed. */
    isDamaged: fc.boolean(),
    /** Which of the lists each run is of. */
    runs: fc.array(fc.constantFrom(0, 1), { minLength: 2, maxLength: 3 }),
    scheduler: fc.scheduler(),
  }),
);

test('runs of one playlist and of playlists that share tracks end in one version of each, whole, and the next load completes its rows', async () => {
  await fc.assert(
    fc.asyncProperty(races, async ({ isDamaged, lists, runs, scheduler }) => {
      await replaceRows(isDamaged ? damagedRows(lists[runs[0] ?? 0]) : NO_ROWS);
      const spotifys = lists.map((list) => ({ ...list }));
      const race = new Race(scheduler);
      const client = clientIn(race, async () => {
        const findings = await findingsIn(await rowsNow());
        // What was malformed before is repaired by the run that comes to it.
        expect(findings.filter(({ kind }) => kind !== 'malformed')).toEqual([]);
      });
      const clock = createVirtualClock();
      const run = async (list: number, isForced = false): Promise<Witness> => {
        const spotify = spotifys[list] ?? lists[0];
        const witness: Witness = { list, sightings: [], foundNew: new Set() };
        const limits = { clock, deadlineAt: START_MS + 600_000 };
        const sink = watched(new RecordRepository(client, TEST_TABLES, limits), witness);
        const [{ metadata }] = spotify.versions;
        try {
          const { status } = await ingestPlaylist(
            { source: sourceOf(spotify, race), sink, isForced },
            metadata.id,
            'run',
          );
          witness.end = status;
        } catch (error) {
          // Anything else is a failure of the test.
          if (!(error instanceof EtlError && error.code === 'NEWER_RUN_WON')) throw error;
          witness.end = 'NEWER_RUN_WON';
        }
        return witness;
      };
      const changes = spotifys.flatMap((spotify) =>
        spotify.versions.slice(1).map(() =>
          race.turn('change', () => {
            spotify.current += 1;
          }),
        ),
      );

      const witnesses = await race.run(Promise.all(runs.map((list) => run(list))));
      await race.run(Promise.all(changes));

      const rows = await rowsNow();
      expect(await findingsIn(rows)).toEqual([]);
      expect(rows.playlist).toHaveLength(new Set(runs).size);
      for (const row of rows.playlist) {
        expectOneVersion(row, spotifys);
        const list = LISTS.indexOf(String(row.playlist_id));
        expectNewest(
          row,
          witnesses.filter((witness) => witness.list === list),
        );
      }
      expectOnlyPutsLose(rows, witnesses);

      const later: Witness[] = [];
      for (const list of new Set(runs)) later.push(await race.run(run(list, true)));

      expectCompleted(await rowsNow(), rows, later);
    }),
    { numRuns: RACES, endOnFailure: true },
  );
});

/** The list is one of its versions, from its snapshot to its last track. */
function expectOneVersion(row: Row, spotifys: readonly Spotify[]): void {
  const read = spotifys
    .flatMap(({ versions }) => versions)
    .find(({ metadata }) => metadata.snapshot_id === row.playlist_snapshot_id);
  if (read === undefined) throw new Error('A row of a version that never was');
  const { playlist } = toPlaylistRecords(read, {
    extractedAt: String(row.extracted_at),
    runId: String(row.run_id),
  });
  expect(row).toMatchObject(playlist);
}
/** It is what the run stored that read it last of those that came to their end. */
function expectNewest({ extracted_at }: Row, witnesses: readonly Witness[]): void {
  const dates = witnesses.flatMap(({ end, extractedAt }) =>
    end === 'loaded' && extractedAt !== undefined ? [extractedAt] : [],
  );
  expect(extracted_at).toBe(dates.sort().at(-1));
  for (const { end, extractedAt = '' } of witnesses) {
    if (end === 'NEWER_RUN_WON') expect(extractedAt < String(extracted_at)).toBe(true);
  }
}

/**
 * Every value of a row is one that a run has seen. A row that at most one run found new has each attribute that any run has seen.
 * Where several did, the put that came last stands: the row has at least all that one of them has seen.
 */
function expectOnlyPutsLose(rows: Tables, witnesses: readonly Witness[]): void {
  const stored = rowsById(rows);
  for (const [id, all] of groupSightings(witnesses)) {
    const row = stored.get(id) ?? {};
    const names = namesOf(all.map(({ attributes }) => attributes));
    for (const [name, value] of Object.entries(row)) {
      expect(all.map(({ attributes }) => attributes[name])).toContainEqual(value);
    }
    const puts = all.filter(({ isNew }) => isNew);
    if (puts.length < 2) expect(namesOf([row])).toEqual(names);
    else expect(puts.some(({ attributes }) => hasAll(row, attributes))).toBe(true);
  }
}

/** What was there is there, and so is all that these runs have seen. */
function expectCompleted(rows: Tables, before: Tables, witnesses: readonly Witness[]): void {
  const [stored, known] = [rowsById(rows), rowsById(before)];
  for (const [id, all] of groupSightings(witnesses)) {
    const seen = all.map(({ attributes }) => attributes);
    expect(namesOf([stored.get(id) ?? {}])).toEqual(namesOf([known.get(id) ?? {}, ...seen]));
  }
}

type Sighting = { readonly attributes: Row; readonly isNew: boolean };

function groupSightings(witnesses: readonly Witness[]): Map<string, Sighting[]> {
  const groups = new Map<string, Sighting[]>();
  for (const { foundNew, sightings } of witnesses) {
    for (const row of sightings) {
      const sighting = { attributes: row.attributes, isNew: foundNew.has(idOf(row)) };
      groups.set(idOf(row), [...(groups.get(idOf(row)) ?? []), sighting]);
    }
  }
  return groups;
}

function rowsById(rows: Tables): Map<string, Row> {
  return new Map(
    CATALOGUE_TABLES.flatMap((table) =>
      rows[table].map(
        (row) => [idOf({ table, key: String(row[TABLE_KEYS[table]]) }), row] as const,
      ),
    ),
  );
}

function namesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
}

function hasAll(row: Row, attributes: Row): boolean {
  return Object.keys(attributes).every((name) => name in row);
}
