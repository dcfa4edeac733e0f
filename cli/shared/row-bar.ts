import { SingleBar } from 'cli-progress';
import { count } from './terminal.ts';

/** Progress of a command that reads whole tables. */
export type RowProgress = {
  readonly table: string;
  /** Default: read. */
  readonly phase?: 'read' | 'write';
  readonly rows: number;
  /** Exact, except while reading: then DynamoDB's count, if any, which is hours old. */
  readonly totalRows?: number | undefined;
};

const PHASES = { read: 'reading', write: 'writing' } as const;

/** A bar on standard error. `stop` removes it. */
export function createBar(): { update: (progress: RowProgress) => void; stop: () => void } {
  let table: string | undefined;
  let startedAt = 0;
  const bar = new SingleBar({
    format: '{phase} {table} {bar} {rows} of {outOf}, {rate} rows/s',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
  });
  return {
    update: (progress) => {
      const { phase = 'read', rows, totalRows } = progress;
      if (`${phase} ${progress.table}` !== table) {
        table = `${phase} ${progress.table}`;
        startedAt = Date.now();
        bar.stop();
        bar.start(Math.max(1, totalRows ?? rows), 0, toPayload(progress, 0));
      }
      // DynamoDB's count can be too low.
      bar.setTotal(Math.max(1, rows, totalRows ?? rows));
      bar.update(rows, toPayload(progress, Date.now() - startedAt));
    },
    stop: () => {
      bar.stop();
    },
  };
}

function toPayload(
  { phase = 'read', rows, table, totalRows }: RowProgress,
  elapsedMs: number,
): Record<string, string> {
  const known = totalRows === undefined ? 'an unknown number' : count(Math.max(rows, totalRows));
  return {
    phase: PHASES[phase],
    table: table.padEnd(8),
    rows: count(rows),
    outOf: phase === 'read' && totalRows !== undefined ? `about ${known}` : known,
    rate: count(Math.round(rows / Math.max(0.001, elapsedMs / 1000))),
  };
}
