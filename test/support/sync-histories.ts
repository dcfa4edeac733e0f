/**
 * Histories of a pair: sources that change, runs that crash, answers that get lost, and a user who edits in between. The truth is
 * in the simulator: which items the user has put there, object by object.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { EtlError } from '../../etl/errors.ts';
import type { StoredFacts } from '../../etl/load/sinks.ts';
import type { SourceGoal, UndoableRun } from '../../etl/model/sync.ts';
import { hashList } from '../../etl/model/sync-writes.ts';
import { applyTask } from '../../etl/pipelines/sync.ts';
import type { SyncOutcome } from '../../etl/pipelines/sync-carry-out.ts';
import type { SyncPorts } from '../../etl/pipelines/sync-planning.ts';
import type { SyncPair } from '../../etl/pipelines/sync-sources.ts';
import { findUndo, toPairTask } from '../../etl/pipelines/sync-tasks.ts';
import type { CatalogueItem } from '../../local/simulator/catalogue-model.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import { writes } from './small-writes.ts';
import { Crash, type CrashAt, crashing } from './sync-crashes.ts';
import {
  canCopy,
  expectAppended,
  expectDated,
  expectExact,
  expectMirrored,
  keepsSurplus,
  type OracleList,
  withoutRefused,
} from './sync-oracle.ts';
import type { SyncWorld } from './sync-world.ts';

/** So few that everything collides. */
const URIS = 10;
/** What can stand in a list besides: 10 is a local file, 11 withdrawn. */
const KINDS = URIS + 2;

type Edit = { readonly op: 'add' | 'remove' | 'move'; readonly key: number; readonly at: number };

/** What strikes a run, at its so-manieth call to Spotify or the journal. */
type Strike =
  | { readonly kind: 'crash'; readonly at: number; readonly isAfter: boolean }
  | { readonly kind: 'lost' | 'reset' | 'refused'; readonly at: number }
  | { readonly kind: 'edit'; readonly at: number; readonly edit: Edit }
  /** While the second page of the target is asked for the so-manieth time, an item is moved to the first. */
  | { readonly kind: 'drag'; readonly at: number; readonly edit: Edit };

type Round = {
  readonly source: readonly number[];
  readonly strikes: readonly Strike[];
  readonly poison: readonly number[];
  readonly isDead: boolean;
  /** How many items come with their playlist: with few, a list is read in two calls. */
  readonly firstPage: number;
  /** Whether so much time has passed that what was set aside is tried again. */
  readonly isLater: boolean;
  /** What a DELETE leaves where it is, though it answers 200. */
  readonly stuck: readonly number[];
  readonly snapshots: 'prompt' | 'late' | 'foreign';
  /** What the user does before the round. */
  readonly edits: readonly Edit[];
  /** What another pair, which appends to the same target, brings then. */
  readonly companion: readonly number[] | undefined;
  readonly undoes: boolean;
  readonly undoCrashes: readonly CrashAt[];
  readonly undoEdits: readonly Edit[];
};

export type History = {
  readonly mode: SourceGoal;
  /** How many items one write carries. */
  readonly writeItems: number;
  readonly target: readonly number[];
  readonly rounds: readonly Round[];
};

const key = fc.nat({ max: URIS - 1 });
const edit: fc.Arbitrary<Edit> = fc.record({
  op: fc.constantFrom('add', 'add', 'remove', 'move'),
  key,
  at: fc.nat({ max: 12 }),
});
const crash = fc.record({
  kind: fc.constant('crash' as const),
  at: fc.nat({ max: 24 }),
  isAfter: fc.boolean(),
});
const strike: fc.Arbitrary<Strike> = fc.oneof(
  crash,
  fc.record({ kind: fc.constantFrom('lost', 'reset', 'refused'), at: fc.nat({ max: 1 }) }),
  fc.record({ kind: fc.constant('edit' as const), at: fc.nat({ max: 6 }), edit }),
  fc.record({
    kind: fc.constant('drag' as const),
    at: fc.nat({ max: 1 }),
    edit: fc.record({ op: fc.constant('move' as const), key, at: fc.constant(0) }),
  }),
);
const list = fc.array(
  fc.oneof({ weight: 12, arbitrary: key }, { weight: 1, arbitrary: fc.constantFrom(10, 11) }),
  { maxLength: 10 },
);
const round: fc.Arbitrary<Round> = fc.record({
  source: list,
  strikes: fc.array(strike, { maxLength: 3 }),
  poison: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(key, { maxLength: 2 }) },
  ),
  isDead: fc.boolean(),
  firstPage: fc.constantFrom(3, 100),
  isLater: fc.boolean(),
  stuck: fc.oneof(
    { weight: 7, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(key, { maxLength: 1 }) },
  ),
  snapshots: fc.constantFrom('prompt', 'late', 'foreign'),
  edits: fc.array(edit, { maxLength: 2 }),
  companion: fc.option(list, { nil: undefined }),
  undoes: fc.boolean(),
  undoCrashes: fc.array(crash, { maxLength: 2 }),
  undoEdits: fc.array(edit, { maxLength: 1 }),
});
export const histories: fc.Arbitrary<History> = fc.record({
  mode: fc.constantFrom(
    ...(['append', 'append-newest-first', 'append-once', 'dated'] as const),
    ...(['mirror', 'mirror', 'mirror', 'mirror-exact', 'mirror-exact'] as const),
  ),
  writeItems: fc.constantFrom(2, 3, 100),
  target: list,
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
});

/** How often each has happened. */
export type Events = Record<string, number>;

type Judge = (what: string, isRight: boolean, details?: unknown) => void;

const OPTIONS = { maxRemovals: 1e6, allowEmpty: true, allowRewrite: true, confirmsExact: true };

/** What a run may end with that has met too much. */
const GIVEN_UP = new Set(['SPOTIFY_UNAVAILABLE', 'PLAYLIST_KEEPS_CHANGING']);

let pairs = 0;

/** Wraps the ports of every process, to plant a mistake. */
export type Planting = (ports: SyncPorts) => SyncPorts;

/** Lives through a history; throws where a promise is broken. */
export async function liveThrough(
  world: SyncWorld,
  history: History,
  { events, plant = (ports) => ports }: { readonly events: Events; readonly plant?: Planting },
): Promise<void> {
  const life = new Life(world, history, { events, plant });
  for (const each of history.rounds) await life.round(each);
}

class Life {
  readonly #world: SyncWorld;
  readonly #mode: SourceGoal;
  readonly #pair: SyncPair;
  readonly #targetId: string;
  readonly #sourceId: string;
  readonly #uris: readonly (string | null)[];
  readonly #events: Events;
  readonly #plant: Planting;
  /** What the user has put into the target and not taken out. */
  readonly #own = new Set<CatalogueItem>();
  /** By the pair, before the run. */
  #seen: ReadonlySet<string> = new Set();
  /** Whether there is an item that survives its removal: after a crash it counts as the user's. */
  #isSticky = false;
  /** What the user has put there once. */
  readonly #byUser = new Set<CatalogueItem>();

  constructor(
    world: SyncWorld,
    { mode, target, writeItems }: History,
    { events, plant }: { readonly events: Events; readonly plant: Planting },
  ) {
    const { catalogue } = world.spotify;
    this.#world = world;
    this.#mode = mode;
    this.#events = events;
    this.#plant = plant;
    const tracks = [...catalogue.tracks.keys()].slice(0, URIS - 1);
    const [episode = ''] = catalogue.episodes.keys();
    const local = toUri(world.toItem('spotify:local:demo')) ?? null;
    this.#uris = [
      ...tracks.map((id) => `spotify:track:${id}`),
      `spotify:episode:${episode}`,
      local,
      null,
    ];
    const items = target.map((each) => world.toItem(this.#uris[each % KINDS] ?? null));
    for (const item of items) this.#own.add(item);
    this.#targetId = world.spotify.addPlaylist('Target', items).id;
    writes.maxItems = writeItems;
    pairs += 1;
    this.#sourceId = world.spotify.addPlaylist('Source', []).id;
    this.#pair = { name: `pair ${pairs}`, mode, sources: [this.#sourceId], target: this.#targetId };
  }

  async round(given: Round): Promise<void> {
    const { spotify } = this.#world;
    await this.#configure(given);
    for (const each of given.edits) this.#edit(each);
    const wanted = given.source.map((each) => this.#uris[each % KINDS] ?? null);
    spotify.editPlaylist(this.#sourceId, () => wanted.map(this.#world.toItem));
    const struck = await this.#strike(given.strikes, wanted);
    await this.#quietRun(wanted, struck);
    const isShared = this.#mode.startsWith('append');
    if (given.companion !== undefined && isShared) await this.#runCompanion(given.companion);
    if (given.undoes) await this.#undo(given);
  }

  async #configure({ firstPage, isDead, isLater, poison, snapshots, stuck }: Round): Promise<void> {
    const { clock, spotify } = this.#world;
    clock.advance(86_400_000 * (isLater ? 31 : 1));
    this.#isSticky = stuck.length > 0;
    const carriedOver = (await this.#aside('not addable')).size > 0;
    if (carriedOver) this.#count('what was set aside is carried over');
    this.#count(`snapshots ${snapshots}`, snapshots === 'prompt' ? 0 : 1);
    spotify.configure({
      snapshotDelayMs: snapshots === 'prompt' ? 0 : 30_000,
      foreignSnapshot: snapshots === 'foreign',
      firstPageItems: firstPage,
      undeletable: stuck.flatMap((each) => this.#uris[each] ?? []),
      [isDead ? 'dead' : 'poison']: poison.flatMap((each) => this.#uris[each] ?? []),
      [isDead ? 'poison' : 'dead']: [],
    });
  }

  /** Runs, and runs again after each crash, until nothing strikes any more. */
  async #strike(strikes: readonly Strike[], wanted: OracleList): Promise<boolean> {
    const before = this.#world.listOf(this.#targetId);
    const claims = await this.#claims();
    const edits = this.#events['user edit'] ?? 0;
    const crashes = strikes.filter((each) => each.kind === 'crash');
    const there = this.#items();
    const stop = this.#prepare(strikes);
    const last = await this.#tryAgain(crashes);
    stop();
    this.#world.spotify.clearFaults();
    this.#count('set aside', last?.notAddable.length);
    this.#judgeAdded(there);
    const isEdited = edits !== (this.#events['user edit'] ?? 0);
    if (last?.outcome === 'done' && !isEdited) {
      await this.#judgeOrder(wanted, { before, claims, hasCrashed: crashes.length > 0 });
    }
    return isEdited;
  }

  async #judgeOrder(
    wanted: OracleList,
    {
      before,
      claims,
      hasCrashed,
    }: {
      readonly before: OracleList;
      readonly claims: ReadonlySet<string>;
      readonly hasCrashed: boolean;
    },
  ): Promise<void> {
    const aside = await this.#aside('not addable');
    const stuck = await this.#aside('not removable');
    const isMore = this.#mode === 'mirror-exact' && keepsSurplus(wanted, before, aside);
    if (this.#isSticky || stuck.size > 0 || isMore) return;
    // The price of a crash between giving up a claim and the removal: the item stays, as the user's. A rewrite in several writes
    // gives up what only the later ones bring back, too.
    const isRewritten = writes.maxItems < URIS;
    const leftOver = new Set([...claims].filter((uri) => isRewritten || !wanted.includes(uri)));
    const rest = (list: OracleList): OracleList =>
      list.filter((uri) => uri === null || !hasCrashed || !leftOver.has(uri));
    const expected = this.#expect(withoutRefused(wanted, before, aside), before, claims);
    this.#judge(
      'order after crashes is that of a run without',
      this.#agrees(rest(this.#world.listOf(this.#targetId)), rest(expected), aside),
      { before, after: this.#world.listOf(this.#targetId), wanted },
    );
  }

  async #tryAgain(crashes: readonly CrashAt[]): Promise<SyncOutcome | undefined> {
    for (const crash of [...crashes, undefined]) {
      const outcome = await this.#run(crash).catch((error: unknown) => {
        const isGivenUp = error instanceof EtlError && GIVEN_UP.has(error.code);
        if (!isGivenUp && !(error instanceof Crash)) throw error;
        this.#count(isGivenUp ? 'gave up' : 'crash');
        this.#world.clock.advance(180_000);
        return undefined;
      });
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  #prepare(strikes: readonly Strike[]): () => void {
    const { spotify } = this.#world;
    for (const { at, kind } of strikes) {
      if (kind === 'crash' || kind === 'edit' || kind === 'drag') continue;
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const match = { method, path: new RegExp(`${this.#targetId}/items`) };
        spotify.addFault({
          match,
          skip: at,
          action:
            kind === 'lost'
              ? { type: 'applied-but', status: 503 }
              : kind === 'reset'
                ? { type: 'reset', when: 'before-headers' }
                : { type: 'status', status: 504, body: 'json' },
        });
      }
    }
    let [calls, pages] = [0, 0];
    const edits = strikes.filter((each) => each.kind === 'edit' || each.kind === 'drag');
    spotify.clearRequests();
    const unwatch = spotify.watch((request) => {
      if (!request.path.startsWith('/v1/playlists')) return;
      const isPage = request.method === 'GET' && request.path.includes(`${this.#targetId}/items`);
      for (const { at, kind, edit: given } of edits) {
        const isNow = kind === 'edit' ? at === calls : isPage && at === pages;
        if (isNow) this.#editDuring(request, given);
        if (isNow && kind === 'drag') this.#count('user edit between two pages');
      }
      calls += 1;
      if (isPage) pages += 1;
    });
    return () => {
      unwatch();
      for (const { method, status } of spotify.requests()) {
        if (method === 'GET') continue;
        if (status === 503) this.#count('applied, answered 503');
        if (status === 0) this.#count('applied, connection reset');
        if (status === 504) this.#count('not applied, answered 504');
        if (status === 502 || status === 400) this.#count('poison or dead URI met');
        if (status < 300 && status > 0) this.#count(`write ${method}`);
      }
    };
  }

  #editDuring(request: Parameters<typeof isBlind>[0], given: Edit): void {
    this.#count('user edit');
    const added = this.#edit(given);
    if (added === undefined || !isBlind(request, added)) return;
    this.#count('user edit in the blind moment before a removal');
    this.#own.delete(added);
  }

  async #run(crash?: CrashAt, pair = this.#pair): Promise<SyncOutcome> {
    const runId = randomUUID();
    return await this.#world.sync((ports) => {
      const planted = this.#plant(ports);
      const wrapped = crash === undefined ? planted : crashing(planted, crash);
      const task = toPairTask(wrapped, pair, OPTIONS);
      return applyTask(wrapped, task, { runId });
    });
  }

  /** The order is as specified, nothing of the user's is lost, and a second run writes nothing. */
  async #quietRun(wanted: OracleList, isEdited: boolean): Promise<void> {
    const before = this.#world.listOf(this.#targetId);
    const claims = await this.#claims();
    const outcome = await this.#run().catch((error: unknown) => {
      // An empty list and nothing but poison: it looks as if nothing were taken.
      if (before.length > 0 || !(error instanceof EtlError)) throw error;
      this.#count('gave up');
      return undefined;
    });
    if (outcome === undefined) return;
    const after = this.#world.listOf(this.#targetId);
    this.#count('set aside', outcome.notAddable.length);
    const lists = { mode: this.#mode, before, wanted, after, claims: [...claims], isEdited };
    const aside = await this.#aside('not addable');
    const copyable = withoutRefused(wanted, before, aside);
    const stuck = await this.#aside('not removable');
    this.#judge('done', outcome.outcome === 'done' || outcome.outcome === 'nothing', outcome);
    const ended = outcome.runId === undefined ? undefined : await this.#findRun(outcome.runId);
    this.#judge(
      'a quiet run knows what it has left behind',
      ended === undefined || stuck.size > 0 || ended.after_hash === hashOf(after),
      { ended, ...lists },
    );
    this.#judge(
      'the list is as specified',
      stuck.size > 0 ||
        (this.#mode === 'mirror-exact' && keepsSurplus(wanted, before, aside)) ||
        this.#agrees(after, this.#expect(copyable, before, claims), aside),
      lists,
    );
    this.#judgeOwn(lists);
    const again = await this.#run();
    this.#judge('a second run writes nothing', again.outcome === 'nothing', { again, ...lists });
    this.#judge('and changes nothing', isEqual(this.#world.listOf(this.#targetId), after));
  }

  /** What it adds is not the first pair's, and stays. */
  async #runCompanion(source: readonly number[]): Promise<void> {
    const sourceId = this.#world.spotify.addPlaylist(
      'Companion',
      source.map((each) => this.#world.toItem(this.#uris[each % KINDS] ?? null)),
    ).id;
    const name = `${this.#pair.name} companion`;
    const there = this.#items();
    const before = this.#world.listOf(this.#targetId);
    await this.#run(undefined, { ...this.#pair, name, mode: 'append', sources: [sourceId] });
    this.#count('a second pair on the target');
    const aside = await this.#aside('not addable');
    const wanted = withoutRefused(
      source.map((each) => this.#uris[each % KINDS] ?? null),
      before,
      aside,
    );
    const after = this.#world.listOf(this.#targetId);
    const lists = { before, wanted, after };
    this.#judge('a second pair appends', isEqual(after, expectAppended(wanted, before)), lists);
    for (const item of this.#items()) if (!there.includes(item)) this.#own.add(item);
    const again = await this.#run();
    // Into an empty list it can have given up.
    const isStill = again.outcome === 'nothing' || before.length === 0;
    this.#judge('and the first pair has nothing to do', isStill, { again, ...lists });
  }

  /** What was there at every moment is not added again. */
  #judgeAdded(before: readonly CatalogueItem[]): void {
    if (this.#addsRepeats) return;
    const now = this.#items();
    const stayed = new Set(before.filter((item) => now.includes(item)).map(toUri));
    const added = now.filter((item) => !before.includes(item) && !this.#byUser.has(item));
    const twice = added.filter((item) => stayed.has(toUri(item)));
    this.#judge('nothing is added that was there', twice.length === 0, twice.map(toUri));
  }

  get #addsRepeats(): boolean {
    return this.#mode === 'mirror-exact' || this.#mode === 'dated';
  }

  #items(): readonly CatalogueItem[] {
    return this.#world.spotify.catalogue.playlists.get(this.#targetId)?.items ?? [];
  }

  /** To take back a second copy, both are removed and one added again: of a dated list that is its own. */
  #judgeOwn(details: unknown): void {
    if (this.#addsRepeats) return;
    const there = new Set(this.#items());
    const lost = [...this.#own].filter((item) => !there.has(item)).map((item) => toUri(item));
    this.#judge('nothing of the user’s is lost', lost.length === 0, { lost, details });
  }

  /** Undoes the last run, which the user has sometimes edited after, or edits between two starts of the undo. */
  async #undo({ undoCrashes, undoEdits }: Round): Promise<void> {
    const run = await this.#lastRun();
    if (run === undefined) return;
    const list = this.#world.listOf(this.#targetId);
    const items = this.#items();
    const had = new Set(run.before.map(({ uri }) => uri));
    // The price of a crash: what is no longer claimed counts as the user's.
    const isKnown = (item: CatalogueItem): boolean => {
      const uri = toUri(item) ?? '';
      const isRepeated = list.filter((each) => each === uri).length > 1;
      return had.has(uri) || isRepeated || run.claimed.get(uri) === item.addedAt;
    };
    let isUntouched = run.after_hash === hashOf(list) && items.every(isKnown);
    const edits = [...undoEdits];
    for (const each of [...undoCrashes, undefined]) {
      const isCut = await this.#undoOnce(run.run_id, each);
      if (!isCut) break;
      const edit = edits.pop();
      if (edit === undefined) continue;
      this.#count('user edit between two starts of an undo');
      this.#edit(edit);
      isUntouched = false;
    }
    this.#count(isUntouched ? 'undo of an untouched list' : 'undo of a list that was edited');
    const after = this.#world.listOf(this.#targetId);
    if (isUntouched && (await this.#canGiveBack(run, list))) {
      const before = run.before.map(({ uri }) => uri ?? null);
      this.#judge('an undo gives back what was', isEqual(after, before), { before, list, after });
    }
    this.#judgeOwn({ undo: run, list, after });
  }

  /** Unless Spotify does not take or give something of it. */
  async #canGiveBack({ before }: UndoableRun, list: OracleList): Promise<boolean> {
    const aside = new Set([
      ...(await this.#aside('not addable')),
      ...(await this.#aside('not removable')),
    ]);
    const uris = before.map(({ uri }) => uri ?? null);
    const isRefused = [...uris, ...list].some((uri) => uri !== null && aside.has(uri));
    const canComeBack = uris.every((uri) => uri === null || list.includes(uri) || isTrack(uri));
    return !this.#isSticky && !isRefused && canComeBack;
  }

  async #undoOnce(runId: string, crash: CrashAt | undefined): Promise<boolean> {
    return await this.#world
      .sync(async (ports) => {
        const planted = this.#plant(ports);
        const undo = await findUndo(ports.journal, this.#pair.name, {
          wanted: runId,
          allowRewrite: true,
        });
        if (undo === undefined) throw new Error('The run is not in the journal.');
        const wrapped = crash === undefined ? planted : crashing(planted, crash);
        await applyTask(wrapped, undo.task, { runId: randomUUID() });
        return false;
      })
      .catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        this.#count('crash of an undo');
        this.#world.clock.advance(180_000);
        return true;
      });
  }

  async #findRun(runId: string): Promise<UndoableRun | undefined> {
    return await this.#world.sync(({ journal }) => journal.findRun(runId));
  }

  async #lastRun(): Promise<UndoableRun | undefined> {
    return await this.#world.sync(async ({ journal }) => {
      const runs = await journal.listRuns(this.#pair.name);
      const last = runs.find(({ outcome, writes }) => writes > 0 && outcome !== undefined);
      return last && (await journal.findRun(last.run_id));
    });
  }

  /**
   * Where local and withdrawn items stand in an exact mirror is left open. A rewrite in several writes loses what Spotify does not
   * take any more.
   */
  #agrees(given: OracleList, expected: OracleList, aside: ReadonlySet<string>): boolean {
    if (this.#mode !== 'mirror-exact') return isEqual(given, expected);
    const isRewritten = writes.maxItems < URIS;
    const isKept = (uri: string | null): boolean => uri === null || !isRewritten || !aside.has(uri);
    const partsOf = (all: OracleList) => ({
      copies: all.filter(canCopy).filter(isKept),
      others: all.filter((uri) => !canCopy(uri)).toSorted(),
    });
    const [list, wanted] = [partsOf(given), partsOf(expected)];
    return isEqual(list.copies, wanted.copies) && isEqual(list.others, wanted.others);
  }

  #expect(source: OracleList, target: OracleList, claims: ReadonlySet<string>): OracleList {
    switch (this.#mode) {
      case 'append':
        return expectAppended(source, target);
      case 'append-once':
        return this.#withoutSeen(expectAppended(source, target), target);
      case 'dated':
        return this.#withoutSeen(expectDated(source, target), target);
      case 'append-newest-first':
        return expectAppended(source, target, false);
      case 'mirror':
        return expectMirrored(source, target, claims);
      case 'mirror-exact':
        return expectExact(source, target);
    }
  }

  #withoutSeen(list: OracleList, target: OracleList): OracleList {
    return list.filter((uri, at) => at < target.length || uri === null || !this.#seen.has(uri));
  }

  /** What the pair has put there and nobody has put back since. Notes what it has ever seen there, too. */
  async #claims(): Promise<Set<string>> {
    const { claims, seen } = await this.#facts();
    this.#seen = seen;
    const items = this.#items();
    const isThere = ([uri, addedAt]: readonly [string, string | undefined]): boolean =>
      items.some(
        (item) => toUri(item) === uri && (addedAt === undefined || item.addedAt === addedAt),
      );
    return new Set([...claims].filter(isThere).map(([uri]) => uri));
  }

  async #aside(reason: 'not addable' | 'not removable'): Promise<ReadonlySet<string>> {
    const { notAddable, notRemovable } = await this.#facts();
    return reason === 'not addable' ? notAddable : notRemovable;
  }

  #facts(): Promise<StoredFacts> {
    const { clock, journal } = this.#world;
    return journal.findFacts({ pair: this.#pair.name, targetId: this.#targetId }, clock.now());
  }

  /** Returns what was added. */
  #edit({ at, key: given, op }: Edit): CatalogueItem | undefined {
    const added = op === 'add' ? this.#world.toItem(this.#uris[given % KINDS] ?? null) : undefined;
    this.#world.spotify.editPlaylist(this.#targetId, (items) => {
      const place = at % (items.length + 1);
      if (added !== undefined) return items.toSpliced(place, 0, added);
      const found = items.findIndex((item) => toUri(item) === this.#uris[given]);
      const [item] = items.slice(found, found + 1);
      if (found === -1 || item === undefined) return items;
      if (op === 'remove') this.#own.delete(item);
      const rest = items.toSpliced(found, 1);
      return op === 'remove' ? rest : rest.toSpliced(at % (rest.length + 1), 0, item);
    });
    if (added !== undefined) {
      this.#own.add(added);
      this.#byUser.add(added);
    }
    return added;
  }

  #count(event: string, times = 1): void {
    this.#events[event] = (this.#events[event] ?? 0) + times;
  }

  #judge: Judge = (what, isRight, details) => {
    this.#count(`judged: ${what}`);
    if (!isRight) throw new Error(`Not so: ${what}. ${JSON.stringify(details)}`);
  };
}

const hashOf = (list: OracleList): string =>
  hashList(list.map((uri) => ({ ...(uri !== null && { uri }) })));

const isTrack = (uri: string): boolean => /^spotify:(?:track|episode):/.test(uri);

const isEqual = (one: OracleList, other: OracleList): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at]);

/** Nobody can know what was added after the last read, if the next call takes it out again. */
export function isBlind(
  { body, method }: { readonly body: unknown; readonly method: string },
  added: CatalogueItem,
): boolean {
  const text = JSON.stringify(body ?? {});
  if (method === 'PUT') return text.includes('"uris"');
  return method === 'DELETE' && text.includes(toUri(added) ?? ' ');
}
