import type { Examination } from '../../etl/model/examination.ts';
import { type Check, fault, ok, unknown } from './check.ts';

/** Calls counted, calls left, and whether Spotify has asked for silence. */
export function quotaChecks({ usage }: Pick<Examination, 'usage'>): Check[] {
  if (!usage.ok) {
    const why = 'The state table cannot be read, so calls are not counted.';
    return [unknown('quota', why), unknown('cooldown', why)];
  }
  const { calls, cooldown, left } = usage.value;
  const spent = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return [spentCheck(spent, left), cooldownCheck(cooldown)];
}

function spentCheck(spent: number, left: number | undefined): Check {
  const said = `${spent} call${spent === 1 ? '' : 's'} in the last 24 hours`;
  if (left === undefined) return ok('quota', `${said}; no budget is set.`);
  return left > 0
    ? ok('quota', `${said}, ${left} left for loads.`)
    : fault(
        'quota',
        `${said}, none left for loads.`,
        'Wait: calls come back an hour at a time. Or raise SPOTIFY_DAILY_CALLS.',
      );
}

function cooldownCheck(
  cooldown: { readonly until: number; readonly reason: string } | undefined,
): Check {
  if (cooldown === undefined) return ok('cooldown', 'None.');
  const until = new Date(cooldown.until).toISOString();
  const why = cooldown.reason === 'quota' ? "the day's quota is used up" : 'calls came too fast';
  return fault(
    'cooldown',
    `Spotify has asked for silence until ${until}: ${why}.`,
    'Wait. Nothing is asked of Spotify before, and asking would lengthen it.',
  );
}
