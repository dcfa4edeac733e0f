/**
 * Histories of an inbox: a user who copies songs into it and edits the archive, runs that are killed, and answers that get lost.
 * The truth is in the simulator: which songs the user has put there.
 */
import fc from 'fast-check';
import { EtlError } from '../../etl/errors.ts';
import type { SyncPair } from '../../etl/pipelines/sync-sources.ts';
import type { CatalogueItem } from '../../local/simulator/catalogue-model.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import {
  createPairWorld,
  DAY_MS,
  type PairWorld,
  sourceOf,
  targetOf,
} from '../support/pair-world.ts';
import { Crash, type CrashAt, crashing } from '../support/sync-crashes.ts';
import { isBlind } from '../support/sync-histories.ts';

/** So few songs that everything collides. */
const key = fc.nat({ max: 9 });

const ANSWERS = {
  lost: { type: 'applied-but', status: 503 },
  reset: { type: 'reset', when: 'before-headers' },
  refused: { type: 'status', status: 504, body: 'json' },
} as const;

type Edit = {
  /** At the so-manieth call about a playlist. */
  readonly at: number;
  readonly list: 'inbox' | 'archive';
  readonly op: 'add' | 'move';
  readonly key: number;
};

type Round = {
  /** What the user copies into the inbox, takes out of the archive, and puts there. */
  readonly copies: readonly number[];
  readonly removes: readonly number[];
  readonly adds: readonly number[];
  readonly crashes: readonly CrashAt[];
  readonly answers: readonly { readonly kind: keyof typeof ANSWERS; readonly skip: number }[];
  readonly edits: readonly Edit[];
  /** With few, a list is read in two calls. */
  readonly firstPageItems: number;
  readonly snapshotDelayMs: number;
};

const round: fc.Arbitrary<Round> = fc.record({
  copies: fc.array(key, { maxLength: 6 }),
  removes: fc.array(key, { maxLength: 2 }),
  adds: fc.array(key, { maxLength: 2 }),
  crashes: fc.array(fc.record({ at: fc.nat({ max: 40 }), isAfter: fc.boolean() }), {
    maxLength: 2,
  }),
  answers: fc.array(
    fc.record({
      kind: fc.constantFrom('lost', 'reset', 'refused'),
      skip: fc.nat({ max: 1 }),
    }),
    { maxLength: 2 },
  ),
  edits: fc.array(
    fc.record({
      at: fc.nat({ max: 12 }),
      list: fc.constantFrom('inbox', 'archive'),
      op: fc.constantFrom('add', 'add', 'move'),
      key,
    }),
    { maxLength: 2 },
  ),
  firstPageItems: fc.constantFrom(3, 100),
  snapshotDelayMs: fc.constantFrom(0, 30_000),
});
const histories = fc.array(round, { minLength: 1, maxLength: 4 });

class Life {
  readonly #world: PairWorld;
  readonly #pair: SyncPair;
  readonly #ids: Readonly<Record<Edit['list'], string>>;
  /** Songs that the user has put into a list, and not taken out of the archive since. */
  readonly #kept = new Set<string>();
  /** What the user has put into the archive. */
  readonly #own = new Set<CatalogueItem>();

  constructor(world: PairWorld) {
    this.#world = world;
    this.#pair = world.toPair('inbox', [world.addList([])]);
    this.#ids = { inbox: sourceOf(this.#pair), archive: targetOf(this.#pair) };
  }

  async round(given: Round): Promise<void> {
    const { clock, spotify } = this.#world;
    const { firstPageItems, snapshotDelayMs } = given;
    // What Spotify did not take is tried again by then.
    clock.advance(31 * DAY_MS);
    spotify.configure({ firstPageItems, snapshotDelayMs });
    for (const each of given.removes) this.#remove(this.#toUri(each));
    for (const each of given.adds) this.#add('archive', this.#toUri(each));
    for (const each of given.copies) this.#add('inbox', this.#toUri(each));
    const stop = this.#strike(given);
    await this.#runUntilAlive(given.crashes);
    stop();
    this.#judge('after what struck it');
    clock.advance(31 * DAY_MS);
    await this.#world.apply(this.#pair);
    this.#judge('after a quiet run');
    expect(this.#world.listOf(this.#ids.inbox)).toEqual([]);
  }

  #strike({ answers, edits }: Round): () => void {
    const { spotify } = this.#world;
    for (const { kind, skip } of answers) {
      for (const method of ['POST', 'DELETE']) {
        const match = { method, path: /^\/v1\/playlists\/\w+\/items/ };
        spotify.addFault({ match, skip, action: ANSWERS[kind] });
      }
    }
    let calls = 0;
    const unwatch = spotify.watch((request) => {
      if (!request.path.startsWith('/v1/playlists')) return;
      for (const edit of edits) if (edit.at === calls) this.#edit(edit, request);
      calls += 1;
    });
    return () => {
      unwatch();
      spotify.clearFaults();
    };
  }

  async #runUntilAlive(crashes: readonly CrashAt[]): Promise<void> {
    for (const crash of [...crashes, undefined]) {
      try {
        await this.#world.apply(this.#pair, {
          change: (ports) => (crash === undefined ? ports : crashing(ports, crash)),
        });
        return;
      } catch (error) {
        if (!(error instanceof Crash) && !(error instanceof EtlError)) throw error;
        this.#world.clock.advance(180_000);
      }
    }
  }

  #edit({ key: given, list, op }: Edit, request: Parameters<typeof isBlind>[0]): void {
    if (op === 'add') {
      const added = this.#add(list, this.#toUri(given));
      if (isBlind(request, added)) this.#kept.delete(toUri(added) ?? '');
      return;
    }
    this.#world.spotify.editPlaylist(this.#ids[list], (items) => [
      ...items.slice(-1),
      ...items.slice(0, -1),
    ]);
  }

  #add(list: Edit['list'], uri: string): CatalogueItem {
    const item = this.#world.toItem(uri);
    this.#world.spotify.editPlaylist(this.#ids[list], (items) => [...items, item]);
    this.#kept.add(uri);
    if (list === 'archive') this.#own.add(item);
    return item;
  }

  #remove(uri: string): void {
    this.#world.spotify.editPlaylist(this.#ids.archive, (items) =>
      items.filter((item) => toUri(item) !== uri),
    );
    for (const item of this.#own) if (toUri(item) === uri) this.#own.delete(item);
    if (!this.#world.listOf(this.#ids.inbox).includes(uri)) this.#kept.delete(uri);
  }

  /** Nothing is lost, nothing of the user's is replaced by less, and nothing is added twice. */
  #judge(when: string): void {
    const archive = this.#itemsOf('archive');
    const archived = archive.map(toUri);
    const there = new Set([...archived, ...this.#itemsOf('inbox').map(toUri)]);
    const lost = [...this.#kept].filter((uri) => !there.has(uri));
    const lostOwn = [...this.#own].filter((item) => !archived.includes(toUri(item)));
    const added = archive.filter((item) => !this.#own.has(item)).map(toUri);
    const doubled = added.filter((uri, at) => added.indexOf(uri) !== at);
    expect({ when, lost, lostOwn, doubled }).toEqual({
      ...{ when, lost: [], lostOwn: [], doubled: [] },
    });
  }

  #itemsOf(list: Edit['list']): readonly CatalogueItem[] {
    return this.#world.spotify.catalogue.playlists.get(this.#ids[list])?.items ?? [];
  }

  #toUri(given: number): string {
    return this.#world.uris[given] ?? '';
  }
}

test.each([
  ['a library', 80],
  ['the state table', 20],
] as const)(
  'an inbox loses nothing, doubles nothing and ends empty, with the journal in %s: %d histories',
  async (journalIn, numRuns) => {
    const world = await createPairWorld({ journalIn });
    try {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const life = new Life(world);
          for (const each of history) await life.round(each);
        }),
        { numRuns, seed: 18, endOnFailure: true },
      );
    } finally {
      await world.close();
    }
  },
  60_000,
);
