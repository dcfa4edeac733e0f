import type { Examination } from '../../app/examine.ts';
import { describeTableFailure, type TableContext } from '../shared/failures.ts';
import { fault, ok, type Verdict } from './check.ts';

/** All tables in one verdict; if several fail, the first one explains why: the reason is mostly the same. */
export function judgeTables(
  { tables }: Pick<Examination, 'tables'>,
  where: Omit<TableContext, 'actions'>,
): Verdict {
  const failed = [...tables].flatMap(([name, table]) => (table.ok ? [] : [{ name, ...table }]));
  const [first] = failed;
  if (first === undefined) {
    return ok(`All ${tables.size} of stage ${where.stage} are there.`);
  }
  const names = failed.map(({ name }) => name).join(', ');
  return fault(
    failed.length === tables.size
      ? `None of the ${tables.size} can be used.`
      : `${failed.length} of ${tables.size} cannot be used: ${names}.`,
    describeTableFailure(first.error, { ...where, actions: 'dynamodb:DescribeTable' }),
  );
}
