import type { Examination } from '../../app/examine.ts';
import type { Usage } from '../../app/usage.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';
import { describeTableFailure, isNothingThere, type TableContext } from '../shared/failures.ts';
import { quantity } from '../shared/terminal.ts';
import { type Checks, fault, ok, unknown, type Verdict, warning } from './check.ts';

/** Calls counted, calls left, and whether Spotify asked us to stop calling. `clearCommand` ends such a cooldown. */
export function quotaChecks(
  { cleared, usage }: Pick<Examination, 'cleared' | 'usage'>,
  clearCommand: string,
): Checks {
  if (!usage.ok) {
    const why = unknown('The state table cannot be read, so calls are not counted.');
    return { quota: why, cooldown: why };
  }
  return {
    quota: judgeUsage(usage.value),
    cooldown: judgeClearing(cleared) ?? judgeCooldown(usage.value, clearCommand),
  };
}

function judgeUsage({ left, spent }: Usage): Verdict {
  const used = `${quantity(spent, 'call')} in the last 24 hours`;
  if (left === undefined) return ok(`${used}; no budget is set.`);
  return left > 0
    ? ok(`${used}, ${left} left for loads.`)
    : fault(
        `${used}, none left for loads.`,
        'Wait: calls come back an hour at a time. Or raise SPOTIFY_DAILY_CALLS.',
      );
}

/** Undefined if there was nothing to clear, or nobody asked for it. */
function judgeClearing(cleared: Examination['cleared']): Verdict | undefined {
  if (cleared?.ok === false) {
    return fault(
      `It could not be cleared: ${messageOf(cleared.error)}`,
      'Check that you can write to the state table, then run this again.',
    );
  }
  if (cleared?.value === undefined) return undefined;
  const end = new Date(cleared.value.until).toISOString();
  return ok(`Cleared; it would have lasted until ${end}. Counted calls stay counted.`);
}

function judgeCooldown({ cooldown }: Usage, clearCommand: string): Verdict {
  if (cooldown === undefined) return ok('None.');
  const until = new Date(cooldown.until).toISOString();
  const why = cooldown.reason === 'quota' ? "the day's quota is used up" : 'calls came too fast';
  return fault(
    `Spotify asked us to stop calling until ${until}: ${why}.`,
    `Wait: calling earlier may lengthen it. If Spotify asked by mistake, run ${clearCommand}`,
  );
}

/** All tables in one verdict. If several fail, it gives the first reason: usually all have the same. */
export function judgeTables(
  { tables }: Pick<Examination, 'tables'>,
  where: Omit<TableContext, 'actions'>,
): Verdict {
  const failed = [...tables].flatMap(([name, table]) => (table.ok ? [] : [{ name, ...table }]));
  const [first] = failed;
  if (first === undefined) {
    return ok(`All ${tables.size} of stage ${where.stage} exist.`);
  }
  if (where.stage === LOCAL_STAGE && isNothingThere(first.error)) {
    return warning(
      'The local tables are not running.',
      'Run npx spotify-etl local in another terminal.',
    );
  }
  const names = failed.map(({ name }) => name).join(', ');
  return fault(
    failed.length === tables.size
      ? `None of the ${tables.size} can be used.`
      : `${failed.length} of ${tables.size} cannot be used: ${names}.`,
    describeTableFailure(first.error, { ...where, actions: 'dynamodb:DescribeTable' }),
  );
}
