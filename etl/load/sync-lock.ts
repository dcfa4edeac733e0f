import type { Clock } from '../../lib/clock.ts';
import { EtlError } from '../errors.ts';
import type { SyncJournal, TargetLock } from './sinks.ts';

const LOCK_MS = 120_000;

/**
 * Takes the lock, or renews it. Returns until when it holds.
 *
 * @throws EtlError `TARGET_BUSY` while another run writes to the list
 */
export async function takeLock(
  journal: Pick<SyncJournal, 'lock'>,
  { holder, targetId }: Omit<TargetLock, 'until'>,
  clock: Clock,
): Promise<number> {
  const now = clock.now();
  const until = now + LOCK_MS;
  if (await journal.lock({ targetId, holder, until }, now)) return until;
  throw new EtlError(
    'TARGET_BUSY',
    'Another run is writing to the target, or was killed within the last two minutes. Try again after that.',
    { retryAfterSeconds: LOCK_MS / 1000 },
  );
}
