/** Runs that outlast a request: executions of the machine `playlist`, and a row of the state table about each. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../etl/errors.ts';
import type { PlaylistOpening } from '../etl/extract/sources.ts';
import { toPlaylistUri } from '../etl/model/ids.ts';
import { type PlaylistRun, type RunNote, runNoteSchema } from '../etl/model/playlist-run.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { shortHash } from '../lib/short-hash.ts';
import { createDocumentClient } from '../stores/dynamodb/document-client.ts';
import { Documents } from '../stores/dynamodb/documents.ts';
import { type Execution, Executions, type Machine } from '../stores/stepfunctions/executions.ts';

export type RunsPlace = {
  /** Undefined where nothing outlasts a request, such as on a laptop. */
  readonly machine: Machine | undefined;
  readonly stateTable: string;
};

type Limits = Pick<Run, 'deadlineAt'>;

export type Runs = {
  /**
   * Starts a run that loads the opened playlist, or finds the one that does. It is named after playlist and snapshot, so however
   * many ask at once, one run starts. One that had ended when the playlist was opened has not stored this version: another starts.
   *
   * @throws EtlError `RUN_FAILED` after too many of them, and as `find`
   */
  readonly start: (opening: PlaylistOpening, limits: Limits) => Promise<PlaylistRun>;
  /** @throws EtlError `RUN_NOT_FOUND`, `RUN_FAILED`, `RUNS_UNAVAILABLE`, and as the state table */
  readonly find: (runId: string, limits: Limits) => Promise<PlaylistRun>;
  /**
   * Returns a function that writes what `find` says of a run until it ends. Notes are written in turn; those of progress are
   * written rarely, and never fail.
   */
  readonly notesOf: (runId: string, limits: Limits) => (note: RunNote) => Promise<void>;
};

/** For one version of a playlist, in the 90 days that AWS keeps executions. */
const MAX_ATTEMPTS = 50;
const RUN_ID = /^[0-9A-Za-z]{22}-[\w-]{16}-\d{1,2}$/;
const KEPT_DAYS = 30;
const NOTE_INTERVAL_MS = 5_000;

type Parts = { readonly clock: Clock; readonly client?: DynamoDBDocumentClient };

export function createRuns(
  { machine, stateTable: tableName }: RunsPlace,
  { clock, client = createDocumentClient({ maxAttempts: 1 }) }: Parts,
): Runs {
  const executions = machine && new Executions(machine, client);
  const documents = ({ deadlineAt }: Limits): Documents =>
    new Documents(client, { tableName, limits: { clock, deadlineAt } });
  const describe = (runId: string, { deadlineAt }: Limits): Promise<Execution | undefined> =>
    Promise.resolve(executions?.describe(runId, { clock, deadlineAt }));
  /** `execution` was asked for before: the last note is written before it ends. */
  const look = async (runId: string, execution: Execution, limits: Limits): Promise<PlaylistRun> =>
    toRun(runId, execution, await documents(limits).find(rowId(runId), runNoteSchema));
  return {
    start: async ({ metadata: { id, snapshot_id }, openedAt }, limits) => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const run_id = `${id}-${shortHash(snapshot_id)}-${attempt}`;
        const input = { playlist_uri: toPlaylistUri(id), run_id };
        if (await executions?.start(run_id, input, { clock, ...limits })) {
          return { run_id, state: 'queued' };
        }
        const execution = await describe(run_id, limits);
        const isNews = execution && (execution.endedAt ?? openedAt) >= openedAt;
        if (isNews) return await look(run_id, execution, limits);
      }
      const message = `${MAX_ATTEMPTS} runs have not loaded this version of the playlist. Look at the executions of the state machine playlist.`;
      throw new EtlError('RUN_FAILED', message);
    },
    find: async (runId, limits) => {
      const execution = RUN_ID.test(runId) ? await describe(runId, limits) : undefined;
      if (execution === undefined) throw notFound();
      return await look(runId, execution, limits);
    },
    notesOf: (runId, limits) => {
      let written: Promise<void> = Promise.resolve();
      let nextAt = 0;
      return (note) => {
        const isProgress = note.state === 'running';
        const now = clock.now();
        if (isProgress && now < nextAt) return written;
        nextAt = now + NOTE_INTERVAL_MS;
        const expiresAt = now + KEPT_DAYS * 86_400_000;
        const put = () => documents(limits).put(rowId(runId), note, { expiresAt });
        const writing = written.then(put);
        written = writing.catch(() => undefined);
        return isProgress ? written : writing;
      };
    },
  };
}

const rowId = (runId: string): string => `run#${runId}`;

function toRun(run_id: string, { endedAt, status }: Execution, note?: RunNote): PlaylistRun {
  const isEnded = note?.state === 'succeeded' || note?.state === 'failed';
  if (isEnded || endedAt === undefined) return { run_id, ...(note ?? { state: 'queued' }) };
  // The row has expired.
  if (status === 'SUCCEEDED') throw notFound();
  const message = `The run ended as ${status} without an answer. Ask for the playlist again: another run starts.`;
  throw new EtlError('RUN_FAILED', message, { facts: { state: 'failed' } });
}

function notFound(): EtlError {
  const message = `There is no such run. Runs are kept for ${KEPT_DAYS} days. Ask for the playlist again: if it is not loaded, another run starts.`;
  return new EtlError('RUN_NOT_FOUND', message);
}
