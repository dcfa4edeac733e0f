/** The periods to choose from. */

import { MONTHS } from '../../../charts/days.ts';
import { monthOf } from '../../numbers/calendar.ts';
import type { PeriodChoice } from '../../numbers/periods.ts';
import { formatChoice } from '../route.ts';
import type { View } from '../view.ts';

type Option = { readonly value: string; readonly name: string };
type Options = { readonly title: string; readonly options: readonly Option[] };

const ROLLING = [7, 30, 90, 365];

/** The years and months are those since the first play. */
export function listPeriods(view: View): readonly Options[] {
  const { choice } = view.route;
  const last = choice.kind === 'last' && !ROLLING.includes(choice.days) ? [choice.days] : [];
  const months = listMonths(view);
  const years = [...new Set(months.map((month) => Math.floor(month / 12)))];
  return [
    {
      title: 'Rolling',
      options: [
        ...[...ROLLING, ...last].map((days) => ({
          value: `last-${days}`,
          name: `Last ${days} days`,
        })),
        { value: 'all', name: 'All time' },
        { value: 'own', name: 'Own dates …' },
      ],
    },
    {
      title: 'Now',
      options: (['week', 'month', 'year'] as const).map((kind) => ({
        value: kind,
        name: `This ${kind}`,
      })),
    },
    { title: 'Years', options: years.map((year) => ({ value: String(year), name: String(year) })) },
    {
      title: 'Months',
      options: months.map((month) => ({
        value: formatChoice({ kind: 'oneMonth', month }),
        name: `${MONTHS[month % 12]} ${Math.floor(month / 12)}`,
      })),
    },
  ];
}

/** The latest first, with the one that is chosen. */
function listMonths({ known, route }: View): number[] {
  const [first, last] = [monthOf(known.from), monthOf(known.until - 1)];
  const months = Array.from({ length: last - first + 1 }, (_, at) => last - at);
  const { choice } = route;
  const chosen =
    choice.kind === 'oneMonth' ? choice.month : choice.kind === 'oneYear' ? choice.year * 12 : last;
  return months.includes(chosen) || (choice.kind === 'oneYear' && hasYear(months, choice.year))
    ? months
    : [chosen, ...months];
}

const hasYear = (months: readonly number[], year: number): boolean =>
  months.some((month) => Math.floor(month / 12) === year);

/** `none`: there is no play there. Undefined for a period without neighbours. */
export function stepPeriod(
  { known, route: { choice }, today }: View,
  by: -1 | 1,
): PeriodChoice | 'none' | undefined {
  const thisMonth = monthOf(today);
  const firstMonth = monthOf(known.from);
  const toYear = (year: number): PeriodChoice | 'none' =>
    year * 12 > thisMonth || year < Math.floor(firstMonth / 12)
      ? 'none'
      : { kind: 'oneYear', year };
  const toMonth = (month: number): PeriodChoice | 'none' =>
    month > thisMonth || month < firstMonth ? 'none' : { kind: 'oneMonth', month };
  switch (choice.kind) {
    case 'year':
      return toYear(Math.floor(thisMonth / 12) + by);
    case 'oneYear':
      return toYear(choice.year + by);
    case 'month':
      return toMonth(thisMonth + by);
    case 'oneMonth':
      return toMonth(choice.month + by);
    case 'all':
    case 'last':
    case 'own':
    case 'week':
      return undefined;
  }
}
