import type { SpotifyFindings } from '../../app/examination.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';

const CLOCK_WARN_MS = 30_000;
/** AWS refuses a signature that is further off. */
const CLOCK_FAULT_MS = 300_000;

/** This machine's clock beside Spotify's. */
export function clockCheck({ clockSkewMs }: Pick<SpotifyFindings, 'clockSkewMs'>): Check {
  if (clockSkewMs === undefined) return unknown('clock', 'Spotify told no time.');
  const offMs = Math.abs(clockSkewMs);
  const off = `${Math.round(offMs / 1000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} Spotify's`;
  if (offMs < CLOCK_WARN_MS) return ok('clock', "Right to within half a minute of Spotify's.");
  const fix = 'Set it by a time server (NTP).';
  return offMs < CLOCK_FAULT_MS
    ? warning('clock', `${off}.`, fix)
    : fault('clock', `${off}: AWS refuses what is signed so, and waits are wrong.`, fix);
}
