/** The app of the function that reports on albums: all that it keeps is in the tables of the stage. */
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { Documents } from '../stores/dynamodb/documents.ts';
import { Locks } from '../stores/dynamodb/locks.ts';
import { RecordRepository } from '../stores/dynamodb/record-repository.ts';
import { TableAlbums } from '../stores/dynamodb/table-albums.ts';
import { type AlbumsApp, createAlbumsApp } from './albums.ts';
import type { StartStep } from './collect-albums.ts';
import type { Config } from './config.ts';
import { meteredSteps } from './metered-steps.ts';
import { startOnTables } from './spotify-session.ts';

export type AlbumsRunPorts = {
  readonly app: AlbumsApp;
  readonly startStep: StartStep;
  /** Undefined, without a call of `work`, while another run is going on. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
};

export type StageAlbums = {
  /** Runs `work`, and reports to `run.onEnd` what all of its steps have used. */
  run<Result>(run: Run, work: (ports: AlbumsRunPorts) => Promise<Result>): Promise<Result>;
};

const LOCK = 'album-lock';
/** Reserved for the tables, once there is no time for calls to Spotify. */
const END_READS_MS = 45_000;

export function createStageAlbums(
  config: Config,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): StageAlbums {
  const { memoryMb, stateTable, tables } = config;
  const { client, session } = startOnTables(config, { clock });
  const store = {
    openRows: ({ deadlineAt }: Pick<Run, 'deadlineAt'>) =>
      new RecordRepository(client, tables, { clock, deadlineAt }),
    openAlbums: ({ deadlineAt }: Pick<Run, 'deadlineAt'>) =>
      new TableAlbums(client, { tables, stateTable }, { clock, deadlineAt }),
  };
  return {
    run: async (run, work) => {
      const limits = { clock, deadlineAt: run.deadlineAt + END_READS_MS };
      const locks = new Locks(new Documents(client, { tableName: stateTable, limits }), clock);
      const lock = { id: LOCK, holder: run.runId, until: limits.deadlineAt };
      return await meteredSteps({ session, memoryMb }, run, (startStep) =>
        work({
          app: createAlbumsApp({ session, memoryMb, store, limits }),
          startStep,
          alone: async (inside) => {
            if (!(await locks.take(lock))) return undefined;
            try {
              return await inside();
            } finally {
              await locks.free(lock);
            }
          },
        }),
      );
    },
  };
}
