/** The charts of the page, out of the numbers of the history. */
import { createBarsChart, type Step, toDayStep, toMonthStep } from '../../charts/bars.ts';
import type { DayValues } from '../../charts/calendar-heat-map.ts';
import { type Chart, highestOf, toTenth } from '../../charts/chart.ts';
import { DAY_MS, toShortDay } from '../../charts/days.ts';
import { createGrowthChart } from '../../charts/growth.ts';
import { createRankingChart } from '../../charts/ranking.ts';
import { createRateChart } from '../../charts/rate.ts';
import type { DashboardPlaylist } from '../data.ts';
import { type Calendar, monthOf, toIsoDay, toIsoMonth } from '../numbers/calendar.ts';
import type { History, Measure } from '../numbers/history.ts';
import type { DayPeriod } from '../numbers/periods.ts';
import type { PlaylistFigures } from '../numbers/playlists.ts';
import { type DaySeries, type MonthFigures, toDays } from '../numbers/times.ts';
import type { TopRow } from '../numbers/tops.ts';
import { toCount, toName } from './format.ts';

const MAX_DAYS = 92;

/** Of a long period, a bar is a month. */
export function createTimeChart(history: History, period: DayPeriod, measure: Measure): Chart {
  const days = toDays(history, period);
  const { [measure]: values, from } = days;
  if (values.length <= MAX_DAYS) {
    const steps = Array.from(values, (_, at) => toDayStep(from + at));
    return createMeasureChart({ per: 'day', measure, steps, values: Array.from(values) });
  }
  const sums = new Map<number, number>();
  for (const [at, value] of values.entries()) {
    const month = monthOf(from + at);
    sums.set(month, (sums.get(month) ?? 0) + value);
  }
  const steps = [...sums.keys()].map(toMonthStep);
  return createMeasureChart({ per: 'month', measure, steps, values: [...sums.values()] });
}

type Amounts = { readonly steps: readonly Step[]; readonly values: readonly number[] };

function createMeasureChart({
  measure,
  per,
  ...amounts
}: Amounts & { readonly per: 'day' | 'month'; readonly measure: Measure }): Chart {
  const title = `${measure === 'plays' ? 'Plays' : 'Minutes'} per ${per}`;
  return createAmountChart({ title, about: `A bar for each ${per}.`, unit: measure, ...amounts });
}

type Words = { readonly title: string; readonly about: string; readonly unit: string };

/** Says of the bars which is the highest. */
function createAmountChart({ about, steps, values, ...words }: Words & Amounts): Chart {
  const most = highestOf(values);
  const step = steps[values.indexOf(most)];
  const highest =
    most === 0 || step === undefined ? '' : ` The most: ${toCount(most)}, ${step.name}.`;
  const description = `${about}${highest}`;
  return createBarsChart({ ...words, description, steps, values: values.map(toTenth) });
}

export function createSpokenChart(months: readonly MonthFigures[], measure: Measure): Chart {
  return createAmountChart({
    title: 'Podcasts and audiobooks per month',
    about: `A bar for each month, by ${measure}.`,
    unit: measure,
    steps: months.map(({ month }) => toMonthStep(month)),
    values: months.map(({ spokenMinutes, spokenPlays }) =>
      measure === 'plays' ? spokenPlays : spokenMinutes,
    ),
  });
}

export function createFirstListensChart(months: readonly MonthFigures[]): Chart {
  return createAmountChart({
    title: 'Songs heard for the first time',
    about: 'A bar for each month.',
    unit: 'songs',
    steps: months.map(({ month }) => toMonthStep(month)),
    values: months.map(({ firstListens }) => firstListens),
  });
}

export function createNewArtistsChart(months: readonly MonthFigures[]): Chart {
  const shares = months.map(({ newArtistPlays, plays }) =>
    plays === 0 ? undefined : newArtistPlays / plays,
  );
  return createRateChart({
    title: 'Share of new artists',
    description:
      'For each month, the share of its plays that are of artists heard for the first time in that month.',
    steps: months.map(({ month }) => toMonthStep(month)),
    shares,
    table: {
      head: ['Month', 'Plays of new artists', 'All plays', 'Share in percent'],
      rows: months.map(({ month, newArtistPlays, plays }, at) => [
        toIsoMonth(month),
        newArtistPlays,
        plays,
        toTenth((shares[at] ?? 0) * 100),
      ]),
    },
  });
}

export function createTopChart(title: string, rows: readonly TopRow[], measure: Measure): Chart {
  return createRankingChart({
    title,
    unit: measure,
    rows: rows.slice(0, 15).map((row) => ({ name: toName(row.name), value: row[measure] })),
  });
}

export function toDayValues(days: DaySeries, measure: Measure, calendar: Calendar): DayValues {
  return {
    from: days.from,
    values: days[measure],
    gaps: days.gaps,
    unit: measure,
    firstWeekday: calendar.firstWeekday,
  };
}

export function createAddedChart({ growth, undated }: PlaylistFigures): Chart {
  return createGrowthChart({
    title: 'How it grew',
    description: `How many of the items that are in it now were there by each day, by the dates on which they were added.${undated > 0 ? ` ${toCount(undated)} have no date.` : ''}`,
    unit: 'items',
    points: growth.map(({ day, size }) => ({ atMs: day * DAY_MS, size })),
    table: {
      head: ['Day', 'Items'],
      rows: growth.map(({ day, size }) => [toIsoDay(day), size]),
    },
  });
}

export function createVersionsChart(
  versions: DashboardPlaylist['versions'],
  calendar: Calendar,
): Chart {
  return createGrowthChart({
    title: 'Size over time',
    description: `Its size in each of ${toCount(versions.length)} versions that were read.`,
    unit: 'items',
    points: versions.map(({ seenAtMs, size }) => ({ atMs: calendar.localOf(seenAtMs), size })),
    table: {
      head: ['Seen on', 'Items', 'Added', 'Removed'],
      rows: versions.map(({ added, removed, seenAtMs, size }) => [
        toShortDay(calendar.dayOf(seenAtMs)),
        size,
        added,
        removed,
      ]),
    },
  });
}
