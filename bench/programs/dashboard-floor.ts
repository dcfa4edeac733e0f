/**
 * The least that a page must do with all plays: unpack them, and count them by day, by hour and weekday, and by song. It runs in a
 * browser. Offsets are looked up every six hours and not at the change of clocks, so some hours are wrong.
 */
import { unpackDashboard } from '../../dashboard/unpack.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 6 * HOUR_MS;
/** Until 2079. */
const MAX_DAYS = 40_000;

async function count(packed: string, timeZone: string): Promise<number> {
  const { items, plays } = await unpackDashboard(packed);
  const { endedAtMs, flags, heardMs, item, length } = plays;
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, number>();
  const perDay = new Uint32Array(MAX_DAYS);
  const hours = new Uint32Array(7 * 24);
  const [songPlays, songMs] = [new Uint32Array(items.length), new Float64Array(items.length)];
  for (let at = 0; at < length; at += 1) {
    if (((flags[at] ?? 0) & 1) === 0) continue;
    const ended = endedAtMs[at] ?? 0;
    const step = Math.floor(ended / STEP_MS);
    const offset = offsets.get(step) ?? findOffset(format, step * STEP_MS);
    offsets.set(step, offset);
    const local = ended + offset;
    const day = Math.floor(local / DAY_MS);
    add(perDay, day, 1);
    add(hours, ((day + 4) % 7) * 24 + Math.floor((local - day * DAY_MS) / HOUR_MS), 1);
    const song = items[item[at] ?? 0]?.countedAs ?? 0;
    add(songPlays, song, 1);
    add(songMs, song, heardMs[at] ?? 0);
  }
  return perDay.length + songPlays.length + songMs.length;
}

function add(to: Uint32Array | Float64Array, at: number, value: number): void {
  to[at] = (to[at] ?? 0) + value;
}

function findOffset(format: Intl.DateTimeFormat, ms: number): number {
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

Object.assign(globalThis, { count });
