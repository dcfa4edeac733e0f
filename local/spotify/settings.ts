import { type Engine } from './serving.ts';
import { type AppKind } from './wire-links.ts';

export type SimulatorSettings = {
  readonly appKind?: AppKind | undefined;
  readonly latencyMs?: number | undefined;
  /** Null takes the quota away. A new quota starts with no calls counted. */
  readonly quota?: number | null | undefined;
};

/** Changes what is given and leaves the rest. */
export function configure(
  { settings, quotaGate }: Pick<Engine, 'settings' | 'quotaGate'>,
  { appKind, latencyMs, quota }: SimulatorSettings,
): void {
  if (appKind !== undefined) settings.appKind = appKind;
  if (latencyMs !== undefined) settings.latencyMs = latencyMs;
  if (quota === undefined) return;
  settings.quota = quota;
  quotaGate.clear();
}
