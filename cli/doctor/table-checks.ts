import type { Examination } from '../../app/examination.ts';
import { describeTableFailure } from '../shared/table-failures.ts';
import { type Check, fault, ok } from './check.ts';

type Where = Omit<Parameters<typeof describeTableFailure>[1], 'actions'>;

/** All tables in a line; of several that fail the first speaks, since they mostly fail for the same reason. */
export function tableCheck({ tables }: Pick<Examination, 'tables'>, where: Where): Check {
  const failed = [...tables].flatMap(([name, table]) => (table.ok ? [] : [{ name, ...table }]));
  const [first] = failed;
  if (first === undefined)
    return ok('tables', `All ${tables.size} of stage ${where.stage} are there.`);
  const why = describeTableFailure(first.error, { ...where, actions: 'dynamodb:DescribeTable' });
  const missing =
    failed.length === tables.size
      ? `None of the ${tables.size} can be used.`
      : `${failed.length} of ${tables.size} cannot be used: ${failed.map(({ name }) => name).join(', ')}.`;
  return fault('tables', missing, why);
}
