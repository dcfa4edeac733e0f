import type { Examination, Usage } from '../../app/examination.ts';
import { type Check, fault, ok, unknown } from './check.ts';
import { messageOf } from './error-words.ts';

/** Calls counted, calls left, and whether Spotify asked us to stop calling. `clearCommand` ends such a cooldown. */
export function quotaChecks(
  { cleared, usage }: Pick<Examination, 'cleared' | 'usage'>,
  clearCommand: string,
): Check[] {
  if (!usage.ok) {
    const why = 'The state table cannot be read, so calls are not counted.';
    return [unknown('quota', why), unknown('cooldown', why)];
  }
  const { calls, left } = usage.value;
  return [spentCheck(calls, left), cooldownCheck({ cleared, usage: usage.value }, clearCommand)];
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
  { cleared, usage }: Pick<Examination, 'cleared'> & { readonly usage: Usage },
  clearCommand: string,
): Check {
  if (cleared?.ok === false) {
    return fault(
      'cooldown',
      `It could not be cleared: ${messageOf(cleared.error)}`,
      'Check that you may write to the state table, then run this again.',
    );
  }
  if (cleared?.value !== undefined) {
    const end = new Date(cleared.value.until).toISOString();
    return ok(
      'cooldown',
      `Cleared; it would have lasted until ${end}. Counted calls stay counted.`,
    );
  }
  if (usage.cooldown === undefined) return ok('cooldown', 'None.');
  const { reason, until } = usage.cooldown;
  const why = reason === 'quota' ? "the day's quota is used up" : 'calls came too fast';
  return fault(
    'cooldown',
    `Spotify asked us to stop calling until ${new Date(until).toISOString()}: ${why}.`,
    `Wait: calling earlier may lengthen it. If Spotify asked by mistake, run ${clearCommand}`,
  );
}
