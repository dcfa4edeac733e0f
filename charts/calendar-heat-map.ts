/** A cell for each day, a block for each year; on a phone, for each half of one. */
import { type Cell, drawCells, drawLabels, drawLegend, type Label, toLevels } from './cells.ts';
import { type Chart, highestOf, isNarrow, once, toCount, toHead, toTenth } from './chart.ts';
import {
  firstDayOfMonth,
  MONTHS,
  monthOf,
  toDate,
  toDayText,
  WEEKDAYS,
  weekdayOf,
} from './days.ts';

export type DayValues = {
  /** The first day. */
  readonly from: number;
  readonly values: ArrayLike<number>;
  /** 1: something can be missing on that day. */
  readonly gaps: ArrayLike<number>;
  readonly unit: string;
  /** 0 = Sunday. */
  readonly firstWeekday: number;
};

const LEFT = 40;
const TOP = 24;
const PITCH = 15;
const GAP = 3;
const BLOCK = TOP + 7 * PITCH + 18;
/** In a block. */
const [WEEKS, WEEKS_ON_PHONE] = [54, 28];
const [LEGEND, LEGEND_ON_PHONE] = [26, 44];

export function createCalendarChart(days: DayValues): Chart {
  const values = Array.from(days.values);
  const levels = toLevels(values);
  const most = highestOf(values);
  const bottomOf = (width: number): number => toBlocks(days, width).length * BLOCK;
  const hasGaps = Array.from(days.gaps).includes(1);
  const table = once(() => ({
    head: ['Day', toHead(days.unit), 'Can be incomplete'],
    rows: values.map((value, at) => [
      toDayText(days.from + at),
      toTenth(value),
      days.gaps[at] === 1 ? 'yes' : '',
    ]),
  }));
  return {
    title: 'Every day',
    description: describe(days, values, most),
    heightOf: (width) => bottomOf(width) + (isNarrow(width) ? LEGEND_ON_PHONE : LEGEND),
    tips: 'item',
    get table() {
      return table();
    },
    toOption: (width) => {
      const pitch = (width - LEFT - 2) / weeksOf(width);
      const blocks = toBlocks(days, width);
      const placeOf = createPlacer(blocks, days.firstWeekday);
      const cells = values.map((value, at): Cell => {
        const place = placeOf(days.from + at);
        return {
          x: LEFT + place.week * pitch,
          y: place.top + place.weekday * PITCH,
          width: pitch - GAP,
          height: PITCH - GAP,
          level: levels.levelOf(value),
          isGap: days.gaps[at] === 1,
        };
      });
      return {
        series: [
          drawCells(cells),
          drawLabels(labelBlocks(days, blocks, pitch)),
          ...drawLegend(
            { x: LEFT, y: bottomOf(width) + 4 },
            { ...levels, unit: days.unit, hasGaps, width },
          ),
        ],
      };
    },
  };
}

function describe(
  { from, gaps, unit }: DayValues,
  values: readonly number[],
  most: number,
): string {
  const heard = values.filter((value) => value > 0).length;
  const incomplete = Array.from(gaps).filter((gap) => gap === 1).length;
  const best =
    heard === 0 ? '' : ` The most: ${toCount(most)} on ${toDayText(from + values.indexOf(most))}.`;
  const missing =
    incomplete === 0 ? '' : ` Hatched: ${toCount(incomplete)} days with a gap in the history.`;
  return `A cell for each day, the stronger its colour the more ${unit}. Music on ${toCount(heard)} of ${toCount(values.length)} days.${best}${missing}`;
}

/** A year, half a year, or any stretch that fits. */
type Block = { readonly from: number; readonly until: number; readonly name: string };

const weeksOf = (width: number): number => (isNarrow(width) ? WEEKS_ON_PHONE : WEEKS);

/** The latest first. */
function toBlocks({ from, values }: DayValues, width: number): readonly Block[] {
  const until = from + Math.max(1, values.length);
  const months = isNarrow(width) ? 6 : 12;
  const [firstYear, lastYear] = [from, until - 1].map((day) => toDate(day).getUTCFullYear());
  // In the worst case a week begins on the last weekday.
  if (until - from <= weeksOf(width) * 7 - 6) {
    return [{ from, until, name: firstYear === lastYear ? String(firstYear) : '' }];
  }
  const [first = 0, last = 0] = [from, until - 1].map((day) => Math.floor(monthOf(day) / months));
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const month = (last - at) * months;
    const name = String(Math.floor(month / 12));
    return { from: firstDayOfMonth(month), until: firstDayOfMonth(month + months), name };
  });
}

type DayPlace = { readonly week: number; readonly weekday: number; readonly top: number };

function createPlacer(blocks: readonly Block[], firstWeekday: number): (day: number) => DayPlace {
  const rowOf = (day: number): number => (weekdayOf(day) - firstWeekday + 7) % 7;
  return (day) => {
    const at = blocks.findIndex(({ from }) => day >= from);
    const from = blocks[at]?.from ?? day;
    return {
      week: Math.floor((day - from + rowOf(from)) / 7),
      weekday: rowOf(day),
      top: at * BLOCK + TOP,
    };
  };
}

function labelBlocks(days: DayValues, blocks: readonly Block[], pitch: number): Label[] {
  const place = createPlacer(blocks, days.firstWeekday);
  const until = days.from + days.values.length;
  return blocks.flatMap((block, at) => {
    const top = at * BLOCK;
    const weekdays = [0, 2, 4].map((row) => ({
      x: 0,
      y: top + TOP + row * PITCH + PITCH / 2 - 1,
      text: WEEKDAYS[(row + days.firstWeekday) % 7] ?? '',
    }));
    const months = listMonths(block)
      .filter((day) => day >= days.from && day < until)
      .map((day) => {
        const { week, weekday } = place(day);
        return {
          x: LEFT + (week + (weekday > 0 ? 1 : 0)) * pitch,
          y: top + 12,
          text: MONTHS[monthOf(day) % 12] ?? '',
        };
      });
    return [{ x: 0, y: top + 12, text: block.name, isStrong: true }, ...weekdays, ...months];
  });
}

/** The first day of each month that begins in it. */
function listMonths({ from, until }: Block): number[] {
  const first = monthOf(from);
  return Array.from({ length: 13 }, (_, at) => firstDayOfMonth(first + at)).filter(
    (day) => day >= from && day < until,
  );
}
