/** A cell for each day, a block for each year. */
import { type Cell, drawCells, drawLabels, drawLegend, type Label, toLevels } from './cells.ts';
import { type Chart, once, toCount, toHead, toTenth } from './chart.ts';
import { MONTHS, toDate, toDayText, toWeekday, WEEKDAYS } from './days.ts';

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
const WEEKS = 54;
/** As many fit into one block. */
const MAX_DAYS = 371;
const MIN_WIDTH = 760;

export function createCalendarChart(days: DayValues): Chart {
  const bottom = toBlocks(days).length * BLOCK;
  const values = Array.from(days.values);
  const levels = toLevels(values);
  const top = values.indexOf(Math.max(...values));
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
    description: describe(days, values, top),
    height: bottom + 26,
    minWidth: MIN_WIDTH,
    tips: 'item',
    get table() {
      return table();
    },
    toOption: (width) => {
      const pitch = (width - LEFT - 2) / WEEKS;
      const placeOf = createPlacer(days);
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
          drawLabels(labelBlocks(days, pitch)),
          ...drawLegend({ x: LEFT, y: bottom + 4 }, { ...levels, unit: days.unit, hasGaps, width }),
        ],
      };
    },
  };
}

/** The middle of a day's cell, in pixels from the left, for a chart so wide. */
export function findDayX(days: DayValues, day: number, width: number): number {
  return LEFT + (createPlacer(days)(day).week + 0.5) * ((width - LEFT - 2) / WEEKS);
}

function describe({ from, gaps, unit }: DayValues, values: readonly number[], top: number): string {
  const heard = values.filter((value) => value > 0).length;
  const incomplete = Array.from(gaps).filter((gap) => gap === 1).length;
  const best =
    heard === 0 ? '' : ` The most: ${toCount(values[top] ?? 0)} on ${toDayText(from + top)}.`;
  const missing =
    incomplete === 0 ? '' : ` Hatched: ${toCount(incomplete)} days with a gap in the history.`;
  return `A cell for each day, the stronger its colour the more ${unit}. Music on ${toCount(heard)} of ${toCount(values.length)} days.${best}${missing}`;
}

/** A year, or a stretch that is as long and no calendar year. */
type Block = { readonly from: number; readonly until: number; readonly name: string };

/** The latest first. */
function toBlocks({ from, values }: DayValues): readonly Block[] {
  const until = from + Math.max(1, values.length);
  const [firstYear, lastYear] = [from, until - 1].map((day) => toDate(day).getUTCFullYear());
  if (firstYear === undefined || lastYear === undefined) return [];
  if (lastYear === firstYear + 1 && until - from <= MAX_DAYS) {
    return [{ from, until, name: '' }];
  }
  return Array.from({ length: lastYear - firstYear + 1 }, (_, at) => {
    const year = lastYear - at;
    return { from: toDay(year, 0), until: toDay(year + 1, 0), name: String(year) };
  });
}

const toDay = (year: number, month: number): number => Date.UTC(year, month, 1) / 86_400_000;

type DayPlace = { readonly week: number; readonly weekday: number; readonly top: number };

function createPlacer(days: DayValues): (day: number) => DayPlace {
  const blocks = toBlocks(days);
  const rowOf = (day: number): number => (toWeekday(day) - days.firstWeekday + 7) % 7;
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

function labelBlocks(days: DayValues, pitch: number): Label[] {
  const place = createPlacer(days);
  const until = days.from + days.values.length;
  return toBlocks(days).flatMap((block, at) => {
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
          text: toMonth(day),
        };
      });
    return [{ x: 0, y: top + 12, text: block.name, isStrong: true }, ...weekdays, ...months];
  });
}

/** The first day of each month that begins in it. */
function listMonths({ from, until }: Block): number[] {
  const [year, month] = [toDate(from).getUTCFullYear(), toDate(from).getUTCMonth()];
  return Array.from({ length: 13 }, (_, at) => toDay(year, month + at)).filter(
    (day) => day >= from && day < until,
  );
}

function toMonth(day: number): string {
  const month = toDate(day).getUTCMonth();
  return MONTHS[month] ?? '';
}
