/** One target while a run writes to it: each write is noted and its answer made sure of. */
import type { Clock } from '../../lib/clock.ts';
import { EtlError } from '../errors.ts';
import type { ItemsWrite, ListEntry } from '../model/sync.ts';
import { applyWrite, countKeys, hashList } from '../model/sync-writes.ts';
import type {
  GivenUp,
  IntendedStep,
  ListPlace,
  PlaylistWriter,
  SyncJournal,
  WriteAnswer,
} from './sinks.ts';
import { findStill, isSame } from './sync-landed.ts';
import { takeLock } from './sync-lock.ts';

/** Spotify shows a write within 0.6 s. */
export const CHECK_AFTER_MS = 1_000;

export type LoadPorts = {
  readonly writer: Pick<PlaylistWriter, 'write'>;
  readonly journal: SyncJournal;
  readonly clock: Clock;
  /** Reads the target as it is now; `known` is what it was before the write. */
  readonly read: (known: readonly ListEntry[], write?: ItemsWrite) => Promise<readonly ListEntry[]>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of each write. */
  readonly onWrite?: ((writes: number) => void) | undefined;
};

export type LoadRun = ListPlace & {
  readonly runId: string;
  /** How many steps it has already. */
  readonly steps: number;
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly lockedUntil: number;
};

export type Sent = 'done' | 'failed' | 'changed' | 'stopped';

type Written = {
  readonly answer: WriteAnswer;
  readonly givenUp: readonly GivenUp[];
  readonly step: Pick<IntendedStep, 'runId' | 'step'>;
};

/** What the writes of a stage have done so far. */
class Stage {
  readonly made: ItemsWrite[] = [];
  /** Keys that were not there before. */
  readonly added: string[] = [];
  /** Keys that a replace has written again. */
  readonly kept: string[] = [];
  /** As they were before they were removed, and the claims that ended with it. */
  readonly removed: ListEntry[] = [];
  readonly givenUp: GivenUp[] = [];
}

export class SyncSender {
  readonly #ports: LoadPorts;
  readonly #run: LoadRun;
  #lockedUntil: number;
  stage = new Stage();
  /** What the list must look like now, if nobody else has changed it. */
  list: readonly ListEntry[] = [];
  writes = 0;
  /** Whether each answer was clear, and nobody else has changed the list. */
  isClear = true;
  isStopped = false;

  constructor(ports: LoadPorts, run: LoadRun) {
    this.#ports = ports;
    this.#run = run;
    this.#lockedUntil = run.lockedUntil;
  }

  begin(list: readonly ListEntry[]): void {
    this.list = list;
    this.stage = new Stage();
  }

  /** An answer that is not clear is followed by a read: a write that was made is not repeated. */
  async send(write: ItemsWrite, tries: number): Promise<Sent> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      this.isStopped ||= this.#ports.signal?.aborted === true && !this.#isOwing;
      if (this.isStopped) return 'stopped';
      if (await this.#isOutdated()) return 'changed';
      // A position can be refused because the list has changed: that is asked once.
      const sent = await this.#attempt(write, attempt === 2);
      if (sent !== 'failed') return sent;
    }
    return 'failed';
  }

  async #attempt(write: ItemsWrite, looksAnyway: boolean): Promise<Sent> {
    const tokens = this.list.map((entry) => ({ entry }));
    const after = applyWrite(tokens, write).map(({ entry }) => entry);
    const hash = hashList(after);
    const { answer, givenUp, step } = await this.#write(write, hash);
    if (answer === 'done') {
      this.stage.givenUp.push(...givenUp);
      return this.#land(write, after);
    }
    const now = answer === 'unknown' || looksAnyway ? await this.look(write) : this.list;
    const { journal } = this.#ports;
    await journal.reclaim(findStill(givenUp, this.list, now));
    // One item alone can be the user's own doing, at the same moment.
    if (answer === 'unknown' && hashList(now) === hash) return this.#land(write, now, 2);
    if (this.#hasChanged(now)) return 'changed';
    await journal.noteAnswer(step, 'refused');
    return 'failed';
  }

  /** Renews the lock. After a pause, as of a laptop that was closed, another run can have written. */
  async #isOutdated(): Promise<boolean> {
    const { clock, journal, read } = this.#ports;
    const isLate = clock.now() >= this.#lockedUntil;
    this.#lockedUntil = await takeLock(journal, this.#run, clock);
    return isLate && this.#hasChanged(await read(this.list));
  }

  #hasChanged(now: readonly ListEntry[]): boolean {
    if (isSame(this.list, now)) return false;
    this.isClear = false;
    this.list = now;
    return true;
  }

  async look(write: ItemsWrite): Promise<readonly ListEntry[]> {
    await this.#ports.clock.sleep(CHECK_AFTER_MS);
    return await this.#ports.read(this.list, write);
  }

  /** Notes the write before it is sent, and its answer after. */
  async #write(write: ItemsWrite, hash: string): Promise<Written> {
    const { journal, onWrite, writer } = this.#ports;
    const { runId, steps, targetId } = this.#run;
    this.writes += 1;
    onWrite?.(this.writes);
    const step = { runId, step: steps + this.writes };
    const disclaimed = this.#findLeaving(write);
    const givenUp = await journal.intend({ ...step, write, hash, place: this.#run, disclaimed });
    const { answer } = await writer.write(targetId, write).catch(async (error: unknown) => {
      // A call that Spotify has refused has changed nothing.
      if (error instanceof EtlError && error.code !== 'RUN_OUT_OF_TIME') {
        await journal.reclaim(givenUp);
        await journal.noteAnswer(step, 'refused');
      }
      throw error;
    });
    // First: after a crash in between, the claims are what an undo goes by.
    if (answer === 'refused') await journal.reclaim(givenUp);
    await journal.noteAnswer(step, answer);
    return { answer, givenUp, step };
  }

  #land(write: ItemsWrite, list: readonly ListEntry[], fewest = 0): Sent {
    const had = countKeys(this.list);
    this.stage.made.push(write);
    if (write.kind === 'remove') {
      const gone = new Set(write.uris);
      this.stage.removed.push(...this.list.filter(({ uri = '' }) => gone.has(uri)));
    }
    this.list = list;
    if (write.kind !== 'add' && write.kind !== 'replace') return 'done';
    const added = write.uris.filter((uri) => !had.has(uri));
    if (write.kind === 'replace') this.stage.kept.push(...write.uris.filter((uri) => had.has(uri)));
    if (added.length >= fewest) this.stage.added.push(...added);
    else if (write.kind === 'add') this.isClear = false;
    return 'done';
  }

  #findLeaving(write: ItemsWrite): string[] {
    if (write.kind === 'remove') return write.uris;
    if (write.kind !== 'replace') return [];
    const staying = new Set(write.uris);
    return this.list.flatMap(({ uri }) => (uri === undefined || staying.has(uri) ? [] : [uri]));
  }

  /** What a stage has taken out it may have to bring back. */
  get #isOwing(): boolean {
    return this.stage.made.some(({ kind }) => kind === 'remove' || kind === 'replace');
  }

  /** Whether Spotify takes a write that changes nothing: the first item to where it is. Of an empty list it can only refuse it. */
  async takesWrites(): Promise<boolean> {
    const nothing = { kind: 'move', start: 0, length: 1, before: 0 } as const;
    const { answer } = await this.#write(nothing, hashList(this.list));
    return answer === 'done' || (answer === 'refused' && this.list.length === 0);
  }
}
