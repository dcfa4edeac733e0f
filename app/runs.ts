/** Runs that outlast a request: executions of the machine `playlist`, and a row of the state table about each. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../etl/errors.ts';
import type { PlaylistOpening } from '../etl/extract/sources.ts';
import { toPlaylistUri } from '../etl/model/ids.ts';
import { type PlaylistRun, type RunNote, runNoteSchema } from '../etl/model/playlist-run.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { shortHash } from '../lib/short-hash.ts';
import { Documents } from '../stores/dynamodb/documents.ts';
import { Executions } from '../stores/stepfunctions/executions.ts';
import type { Config } from './config.ts';

type Limits = Pick<Run, 'deadlineAt'>;

export type Runs = {
  /**
   * Starts a run that loads the opened playlist, or finds the one that does. It is named after playlist and snapshot, so however
   * many ask at once, one run starts. One that had ended when the playlist was opened has not stored this version: another starts.
   * Throws as `findRun`.
   */
  readonly start: (opening: PlaylistOpening, limits: Limits) => Promise<PlaylistRun>;
  /** @throws EtlError `RUN_NOT_FOUND`, `RUN_FAILED`, `RUNS_UNAVAILABLE`, and as the state table */
  readonly findRun: (runId: string, limits: Limits) => Promise<PlaylistRun>;
  /** Whether the execution of this name has not ended; throws as `findRun`. */
  readonly isAtWork: (name: string, limits: Limits) => Promise<boolean>;
  /**
   * Returns a function that writes what `findRun` says of a run until it ends. Notes are written in turn; those of progress
   * never fail.
   */
  readonly notesOf: (runId: string, limits: Limits) => (note: RunNote) => Promise<void>;
};

const RUN_ID = /^[0-9A-Za-z]{22}-[\w-]{16}-\d{1,3}$/;
const KEPT_DAYS = 30;
const QUEUED = { state: 'queued' } as const;
const AGAIN = 'Ask for the playlist again: if it is not loaded, another run starts.';

/** Without a machine, nothing outlasts a request. */
export function createRuns(
  { machineArn, stateTable: tableName }: Pick<Config, 'machineArn' | 'stateTable'>,
  { client, clock }: { readonly client: DynamoDBDocumentClient; readonly clock: Clock },
): Runs {
  const executions = machineArn === undefined ? undefined : new Executions(machineArn, client);
  const documents = (limits: Limits): Documents =>
    new Documents(client, { tableName, limits: { clock, ...limits } });
  /** Undefined for one that ended before `since`. */
  const look = async (run_id: string, limits: Limits, since = 0) => {
    const endedAt = await executions?.findEnd(run_id, { clock, ...limits });
    if (endedAt === undefined || endedAt < since) return undefined;
    // Read after it: the last note is written before the execution ends.
    const note = await documents(limits).find(`run#${run_id}`, runNoteSchema);
    const isOver = note !== undefined && 'answer' in note;
    if (isOver || !Number.isFinite(endedAt)) return { run_id, ...(note ?? QUEUED) };
    const message = `The run ended without an answer, or more than ${KEPT_DAYS} days ago. ${AGAIN}`;
    throw new EtlError('RUN_FAILED', message, { facts: { state: 'failed' } });
  };
  return {
    start: async ({ metadata: { id, snapshot_id }, openedAt }, { deadlineAt }) => {
      for (let attempt = 1; ; attempt += 1) {
        const run_id = `${id}-${shortHash(snapshot_id)}-${attempt}`;
        const input = { playlist_uri: toPlaylistUri(id), run_id };
        const isStarted = await executions?.start(run_id, input, { clock, deadlineAt });
        if (isStarted) return { run_id, ...QUEUED };
        const known = await look(run_id, { deadlineAt }, openedAt);
        if (known !== undefined) return known;
      }
    },
    findRun: async (runId, limits) => {
      const run = RUN_ID.test(runId) ? await look(runId, limits) : undefined;
      if (run !== undefined) return run;
      throw new EtlError('RUN_NOT_FOUND', `There is no such run. ${AGAIN}`);
    },
    isAtWork: async (name, { deadlineAt }) =>
      (await executions?.findEnd(name, { clock, deadlineAt })) === Number.POSITIVE_INFINITY,
    notesOf: (runId, limits) => {
      let last: Promise<unknown> = Promise.resolve();
      return async (note) => {
        const expiresAt = clock.now() + KEPT_DAYS * 86_400_000;
        const writing = last.then(() => documents(limits).put(`run#${runId}`, note, { expiresAt }));
        last = writing.catch(() => undefined);
        await (note.state === 'running' ? last : writing);
      };
    },
  };
}
