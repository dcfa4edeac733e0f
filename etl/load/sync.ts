import { EtlError } from '../errors.ts';
import type { ItemsWrite, ListEntry, SyncStage } from '../model/sync.ts';
import { countKeys, hashList } from '../model/sync-writes.ts';
import { findSingle, findSurvivors, isSame } from './sync-landed.ts';
import { CHECK_AFTER_MS, type LoadPorts, type LoadRun, SyncSender } from './sync-sender.ts';

/** For how long a URI that Spotify does not take is left alone. */
const SET_ASIDE_MS = 30 * 86_400_000;

type Batch = Extract<ItemsWrite, { kind: 'add' | 'remove' }>;

/** Carries out one run's steps. After anything unforeseen it stops, and what is left is planned again from what is there. */
export class SyncLoad {
  readonly #ports: LoadPorts;
  readonly #run: LoadRun;
  readonly sender: SyncSender;
  /** A replace has failed twice: edit instead. */
  noReplace = false;
  readonly notAddable: string[] = [];
  readonly notRemovable: string[] = [];

  constructor(ports: LoadPorts, run: LoadRun) {
    this.#ports = ports;
    this.#run = run;
    this.sender = new SyncSender(ports, run);
  }

  /**
   * Makes the steps of a stage on the list as it was read. The list must be read again, for `settle`.
   *
   * @throws EtlError of a call that Spotify refuses for good, and `SPOTIFY_UNAVAILABLE` for a move that it does not make
   */
  async carryOut({ steps }: SyncStage, list: readonly ListEntry[]): Promise<void> {
    const { sender } = this;
    sender.begin(list);
    for (const [at, { write }] of steps.entries()) {
      const sent = await sender.send(write, 2);
      if (sent === 'failed') await this.#giveUp(write);
      if (sent !== 'done') break;
      // What has survived must not be added again.
      const isOwed = write.kind === 'remove' && at < steps.length - 1;
      if (isOwed && !isSame(await sender.look(write), sender.list)) break;
    }
    await this.#ports.clock.sleep(CHECK_AFTER_MS);
  }

  /**
   * Claims what has landed, of a list read after `carryOut`, and sets aside what has survived its removal. Returns whether all was as
   * planned.
   */
  async settle({ steps }: SyncStage, list: readonly ListEntry[]): Promise<boolean> {
    const { journal } = this.#ports;
    const { added, givenUp, kept, made, removed } = this.sender.stage;
    const isExpected = hashList(list) === hashList(this.sender.list);
    if (!isExpected) this.sender.isClear = false;
    await journal.claim(this.#run, findSingle(list, added), this.#run.runId);
    await journal.redate(this.#run, findSingle(list, kept));
    const stuck = countKeys(findSurvivors(list, removed, this.sender.list));
    await journal.reclaim(givenUp.filter(({ uri }) => stuck.has(uri)));
    await this.#setAside('remove', [...stuck.keys()]);
    return isExpected && made.length === steps.length;
  }

  async #giveUp(write: ItemsWrite): Promise<void> {
    if (write.kind === 'replace') this.noReplace = true;
    else if (write.kind === 'move' || !(await this.sender.takesWrites())) throw unavailable();
    else {
      const suspects: string[] = [];
      await this.#bisect(write, suspects);
      await this.#setAside(write.kind, suspects);
    }
  }

  /**
   * Finds the URIs that make a batch fail. Returns how many of the others were written,
   * or undefined where the list has changed meanwhile.
   *
   * @throws EtlError `SPOTIFY_UNAVAILABLE` where it is not the URI but an outage
   */
  async #bisect(write: Batch, suspects: string[]): Promise<number | undefined> {
    const { uris } = write;
    if (uris.length === 1) {
      if (!(await this.sender.takesWrites())) throw unavailable();
      suspects.push(...uris);
      return 0;
    }
    let done = 0;
    for (const half of halve(write)) {
      const part = moveBy(half, done);
      const sent = await this.sender.send(part, part.uris.length === 1 ? 2 : 1);
      if (sent === 'changed' || sent === 'stopped') return undefined;
      const found = sent === 'done' ? part.uris.length : await this.#bisect(part, suspects);
      if (found === undefined) return undefined;
      done += found;
    }
    return done;
  }

  async #setAside(kind: 'add' | 'remove', uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    const reason = kind === 'add' ? 'not addable' : 'not removable';
    const until = this.#ports.clock.now() + SET_ASIDE_MS;
    if (kind === 'add') this.noReplace = false;
    (kind === 'add' ? this.notAddable : this.notRemovable).push(...uris);
    await this.#ports.journal.setAside(uris, { reason, until });
  }
}

const moveBy = (write: Batch, by: number): Batch =>
  write.kind === 'add' && write.position ? { ...write, position: write.position + by } : write;

/** What goes to the start goes in from its end. */
function halve(write: Batch): Batch[] {
  const half = Math.ceil(write.uris.length / 2);
  const halves = [write.uris.slice(0, half), write.uris.slice(half)];
  const isAtStart = write.kind === 'add' && write.position === 0;
  return (isAtStart ? halves.reverse() : halves).map((uris) => ({ ...write, uris }));
}

function unavailable(): EtlError {
  return new EtlError(
    'SPOTIFY_UNAVAILABLE',
    'Spotify does not take a write to the target, twice. What was written is recorded; try again in a few minutes.',
    { retryAfterSeconds: 60 },
  );
}
