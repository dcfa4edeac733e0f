import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type {
  Aside,
  ClaimedItem,
  Creation,
  GivenUp,
  IntendedStep,
  ListPlace,
  SourceNote,
  StoredFacts,
  SyncJournal,
  TargetLock,
  WriteAnswer,
} from '../../etl/load/sinks.ts';
import {
  type EndedSyncRun,
  type RunChanges,
  type Settled,
  type SyncRun,
  settledSchema,
  type UndoableRun,
} from '../../etl/model/sync.ts';
import type { Clock } from '../../lib/clock.ts';
import { Documents } from './documents.ts';
import { Locks } from './locks.ts';
import type { RunLimits } from './one-call.ts';
import { TableClaims } from './sync-claims.ts';
import { TableRuns } from './sync-runs.ts';

const pairSchema = z.object({
  good_count: z.exactOptional(z.number()),
  suspect: z.exactOptional(z.object({ hash: z.string(), day: z.string() })),
  /** Targets of which an exact mirror is confirmed. */
  confirmed: z.array(z.string()),
  settled: z.exactOptional(settledSchema),
});
type StoredPair = z.infer<typeof pairSchema>;
const creationSchema = z.object({ mark: z.string(), targetId: z.exactOptional(z.string()) });
const seenSchema = z.array(z.string());
const asideSchema = z.array(
  z.object({
    uri: z.string(),
    reason: z.enum(['not addable', 'not removable']),
    until: z.number(),
  }),
);

const ASIDE = 'sync-set-aside';
const toPairId = (pair: string): string => `sync-pair#${pair}`;
const toSeenId = ({ pair, targetId }: ListPlace): string => `sync-seen#${targetId}#${pair}`;
const toLockId = (targetId: string): string => `sync-lock#${targetId}`;
const toCreationId = (key: string): string => `sync-creation#${key}`;

/**
 * The journal of syncs, in the state table: rows by key, no transactions. What a run leaves behind expires; claims, and what was
 * confirmed or created, stay.
 */
export class TableSyncJournal implements SyncJournal {
  readonly #documents: Documents;
  readonly #claims: TableClaims;
  readonly #runs: TableRuns;
  readonly #locks: Locks;
  readonly #clock: Clock;

  constructor(client: DynamoDBDocumentClient, tableName: string, limits: RunLimits) {
    this.#documents = new Documents(client, { tableName, limits });
    this.#claims = new TableClaims(this.#documents);
    this.#runs = new TableRuns(this.#documents, limits.clock);
    this.#clock = limits.clock;
    this.#locks = new Locks(this.#documents, limits.clock);
  }

  async findFacts({ pair, targetId }: ListPlace, now: number): Promise<StoredFacts> {
    const [stored, claims, aside = [], seen] = await Promise.all([
      this.#documents.find(toPairId(pair), pairSchema),
      this.#claims.find(targetId, { pair }),
      this.#documents.find(ASIDE, asideSchema),
      this.#documents.find(toSeenId({ pair, targetId }), seenSchema),
    ]);
    const urisOf = (reason: Aside['reason']): Set<string> =>
      new Set(
        aside.filter((each) => each.reason === reason && each.until > now).map(({ uri }) => uri),
      );
    return {
      ...(stored?.good_count !== undefined && { goodCount: stored.good_count }),
      ...(stored?.suspect && { suspect: stored.suspect }),
      claims,
      seen: new Set(seen),
      notAddable: urisOf('not addable'),
      notRemovable: urisOf('not removable'),
      isExactConfirmed: stored?.confirmed.includes(targetId) === true,
    };
  }

  async noteSource(pair: string, note: SourceNote): Promise<void> {
    await this.#changePair(pair, ({ suspect, ...stored }) => {
      if (!('suspect' in note)) return { ...stored, good_count: note.goodCount };
      // The first day of equal reads counts.
      return { ...stored, suspect: suspect?.hash === note.suspect.hash ? suspect : note.suspect };
    });
  }

  async confirmExact({ pair, targetId }: ListPlace): Promise<void> {
    await this.#changePair(pair, (stored) => ({
      ...stored,
      confirmed: [...new Set([...stored.confirmed, targetId])],
    }));
  }

  async findSettled(pair: string): Promise<Settled | undefined> {
    return (await this.#documents.find(toPairId(pair), pairSchema))?.settled;
  }

  async noteSettled(pair: string, settled: Settled): Promise<void> {
    await this.#changePair(pair, (stored) => ({ ...stored, settled }));
  }

  async lock({ targetId, ...lock }: TargetLock, now: number): Promise<boolean> {
    return await this.#locks.take({ id: toLockId(targetId), ...lock }, now);
  }

  async unlock({ holder, targetId }: Pick<TargetLock, 'holder' | 'targetId'>): Promise<void> {
    await this.#locks.free({ id: toLockId(targetId), holder });
  }

  async begin(run: SyncRun, lists: Pick<UndoableRun, 'before' | 'removed'>): Promise<number> {
    return await this.#runs.begin(run, lists);
  }

  /** A crash between the two leaves claims on what is still there: no write was sent. */
  async intend(step: IntendedStep): Promise<readonly GivenUp[]> {
    await this.#runs.noteStep(step);
    return await this.#claims.end(step.place.targetId, step.disclaimed);
  }

  async reclaim(givenUp: readonly GivenUp[]): Promise<void> {
    await this.#claims.reclaim(givenUp);
  }

  async noteAnswer(step: Pick<IntendedStep, 'runId' | 'step'>, answer: WriteAnswer): Promise<void> {
    await this.#runs.noteAnswer(step, answer);
  }

  async claim(place: ListPlace, items: readonly ClaimedItem[], runId: string): Promise<void> {
    await this.#claims.claim(place, items, runId);
  }

  async redate(place: ListPlace, items: readonly ClaimedItem[]): Promise<void> {
    await this.#claims.redate(place, items);
  }

  async disclaim(place: ListPlace, uris: readonly string[]): Promise<void> {
    await this.#claims.disclaim(place, uris);
  }

  async noteSeen(place: ListPlace, uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    await this.#documents.change(toSeenId(place), seenSchema, (seen = []) => ({
      next: [...new Set([...seen, ...uris])],
      result: undefined,
    }));
  }

  async setAside(uris: readonly string[], { reason, until }: Aside): Promise<void> {
    const now = this.#clock.now();
    const isSame = new Set(uris);
    await this.#documents.change(ASIDE, asideSchema, (aside = []) => ({
      next: [
        ...aside.filter(
          (each) => each.until > now && !(each.reason === reason && isSame.has(each.uri)),
        ),
        ...uris.map((uri) => ({ uri, reason, until })),
      ],
      result: undefined,
    }));
  }

  async end(runId: string, ended: Parameters<SyncJournal['end']>[1]): Promise<void> {
    await this.#runs.end(runId, ended);
  }

  async listRuns(pair?: string): Promise<EndedSyncRun[]> {
    return await this.#runs.list(pair);
  }

  async findLastHash(targetId: string): Promise<string | undefined> {
    return await this.#runs.findLastHash(targetId);
  }

  async countChanges(pair?: string): Promise<Map<string, RunChanges>> {
    return await this.#runs.countChanges(pair);
  }

  async findRun(runId: string): Promise<UndoableRun | undefined> {
    const run = await this.#runs.find(runId);
    return run && { ...run, claimed: await this.#claims.find(run.target_id, { run_id: runId }) };
  }

  async findCreation(key: string): Promise<Creation | undefined> {
    return await this.#documents.find(toCreationId(key), creationSchema);
  }

  async noteCreation(key: string, { mark, targetId }: Creation): Promise<void> {
    await this.#documents.change(toCreationId(key), creationSchema, (begun) => ({
      next: { mark: begun?.mark ?? mark, ...(targetId !== undefined && { targetId }) },
      result: undefined,
    }));
  }

  async #changePair(pair: string, edit: (stored: StoredPair) => StoredPair): Promise<void> {
    await this.#documents.change(toPairId(pair), pairSchema, (stored = { confirmed: [] }) => ({
      next: edit(stored),
      result: undefined,
    }));
  }
}
