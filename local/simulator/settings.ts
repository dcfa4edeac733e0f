import { type QuotaGate } from './quota.ts';
import { type AppKind } from './wire-links.ts';

/** What may be changed while the simulator runs. */
export type SimulatorSettings = {
  readonly appKind?: AppKind | undefined;
  /** Waited before every answer; default 0. */
  readonly latencyMs?: number | undefined;
  /**
   * Calls of a rolling day, of all apps together, before 429 `QUOTA_EXCEEDED`; null, the default, is without end. A new
   * quota starts with no calls counted.
   */
  readonly quota?: number | null | undefined;
  /** What the user says when an app asks: on a page (the default), or at once. */
  readonly consent?: 'page' | 'agree' | 'deny' | undefined;
  /** Whose refresh tokens are good for one refresh only: those got by PKCE (the default), all or none. */
  readonly rotation?: 'pkce' | 'always' | 'never' | undefined;
  /** Whether the user is on the app's list; if not, in which form every call with their token is refused. */
  readonly allowListed?: true | 'json' | 'text' | undefined;
  /** Whether tracks, albums and artists lack half of their optional fields; default false. Which half, the ID decides. */
  readonly sparse?: boolean | undefined;
  /** Whether the owner of the apps has Premium, without which no call is answered. */
  readonly premium?: boolean | undefined;
  /** From when to when the recently played list stands still, on the simulator's clock; null, the default, is never. */
  readonly frozen?: { readonly fromMs: number; readonly untilMs: number } | null | undefined;
  /** Whether a recently played page has 43 items at most, though there are more; default false. */
  readonly shortPage?: boolean | undefined;
  /** Whether a recently played page comes in disorder; default false. */
  readonly unsorted?: boolean | undefined;
};

/** The settings in force. */
export type Settings = { apiUrl: string } & {
  -readonly [Name in keyof SimulatorSettings]-?: Exclude<SimulatorSettings[Name], undefined>;
};

const DEFAULTS: Settings = {
  apiUrl: '',
  appKind: 'C',
  latencyMs: 0,
  quota: null,
  consent: 'page',
  rotation: 'pkce',
  allowListed: true,
  premium: true,
  sparse: false,
  frozen: null,
  shortPage: false,
  unsorted: false,
};

/** The defaults, with what is given in their place. */
export function createSettings(given: SimulatorSettings): Settings {
  return change({ ...DEFAULTS }, given);
}

/** Changes what is given and leaves the rest. */
export function configure(
  { settings, quotaGate }: { readonly settings: Settings; readonly quotaGate: QuotaGate },
  given: SimulatorSettings,
): void {
  change(settings, given);
  if (given.quota !== undefined) quotaGate.clear();
}

function change(settings: Settings, given: SimulatorSettings): Settings {
  const changes = Object.entries(given).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(settings, name),
  );
  return Object.assign(settings, Object.fromEntries(changes));
}
