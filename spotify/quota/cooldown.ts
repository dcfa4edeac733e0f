/** Cooldowns that last too long: capped where they are read, or ended by a person. */
import { MAX_WAIT_MS } from '../../lib/retry-after.ts';
import type { Cooldown, GateState, GateStore, StoreLimits } from './gate-state.ts';

/** The same state, unless its cooldown ends later than any wait may. */
export function capCooldown(state: GateState, now: number): GateState {
  const { cooldown } = state;
  const latest = now + MAX_WAIT_MS;
  return cooldown !== undefined && cooldown.until > latest
    ? { ...state, cooldown: { ...cooldown, until: latest } }
    : state;
}

/** Lets calls through again before the stored cooldown ends, and returns that cooldown. The counts of calls stay. */
export async function clearCooldown(
  store: GateStore,
  now: number,
  limits: StoreLimits,
): Promise<Cooldown | undefined> {
  for (;;) {
    const { cooldown, ...open } = await store.read(limits);
    if (cooldown === undefined || cooldown.until <= now) return undefined;
    if (await store.write(open, open.revision, limits)) return cooldown;
  }
}
