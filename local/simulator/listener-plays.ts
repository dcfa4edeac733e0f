import { type Catalogue } from './catalogue-model.ts';
import { createListening, type ListenerKind } from './listeners.ts';
import { type SimulatedPlay } from './plays.ts';

const LISTENS_SINCE_MS = Date.UTC(2026, 0, 1);
const LISTENS_ON_MS = 30 * 86_400_000;

/** What the simulator's `listener` plays. It begins at one moment, so that every start finds the same past. */
export function createListenerPlays(
  catalogue: Catalogue,
  { kind, nowMs, seed }: { kind: ListenerKind; nowMs: number; seed: number },
): SimulatedPlay[] {
  const [fromMs, untilMs] = [LISTENS_SINCE_MS, nowMs + LISTENS_ON_MS];
  return createListening(catalogue, { kind, seed, fromMs, untilMs });
}
