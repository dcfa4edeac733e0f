/** A cell for each day, a block for each year, the latest first. */
import { type Cell, drawCells, drawLabels, drawLegend, type Label, toLevels } from './cells.ts';
import { type Chart, once, toCount, toTenth } from './chart.ts';
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
const MIN_WIDTH = 760;

export function createCalendarChart(days: DayValues): Chart {
  const { firstYear, lastYear } = toYears(days);
  const values = Array.from(days.values);
  const levels = toLevels(values);
  const top = values.indexOf(Math.max(...values));
  const table = once(() => ({
    head: ['Day', days.unit, 'Can be incomplete'],
    rows: values.map((value, at) => [
      toDayText(days.from + at),
      toTenth(value),
      days.gaps[at] === 1 ? 'yes' : '',
    ]),
  }));
  return {
    title: 'Every day',
    description: describe(days, values, top),
    height: (lastYear - firstYear + 1) * BLOCK + 26,
    minWidth: MIN_WIDTH,
    tips: 'item',
    get table() {
      return table();
    },
    toOption: (width) => {
      const pitch = (width - LEFT - 2) / WEEKS;
      const cells = values.map((value, at): Cell => {
        const place = placeDay(days, days.from + at);
        return {
          x: LEFT + place.week * pitch,
          y: place.top + place.weekday * PITCH,
          width: pitch - GAP,
          height: PITCH - GAP,
          level: levels.levelOf(value),
          isGap: days.gaps[at] === 1,
        };
      });
      const legend = { x: LEFT, y: (lastYear - firstYear + 1) * BLOCK + 4 };
      return {
        series: [
          drawCells(cells),
          drawLabels(labelYears(days, pitch)),
          ...drawLegend(legend, levels, days.unit),
        ],
      };
    },
  };
}

/** The middle of a day's cell, in pixels from the left, for a chart so wide. */
export function findDayX(days: DayValues, day: number, width: number): number {
  return LEFT + (placeDay(days, day).week + 0.5) * ((width - LEFT - 2) / WEEKS);
}

function describe({ from, gaps, unit }: DayValues, values: readonly number[], top: number): string {
  const heard = values.filter((value) => value > 0).length;
  const incomplete = Array.from(gaps).filter((gap) => gap === 1).length;
  const best =
    heard === 0 ? '' : ` The most: ${toCount(values[top] ?? 0)} on ${toDayText(from + top)}.`;
  const missing =
    incomplete === 0 ? '' : ` Hatched: ${toCount(incomplete)} days with a gap in the history.`;
  return `A cell for each day, darker or brighter with more ${unit}. Music on ${toCount(heard)} of ${toCount(values.length)} days.${best}${missing}`;
}

function toYears({ from, values }: DayValues): { firstYear: number; lastYear: number } {
  return {
    firstYear: toDate(from).getUTCFullYear(),
    lastYear: toDate(from + Math.max(1, values.length) - 1).getUTCFullYear(),
  };
}

type DayPlace = { readonly week: number; readonly weekday: number; readonly top: number };

function placeDay(days: DayValues, day: number): DayPlace {
  const year = toDate(day).getUTCFullYear();
  const newYear = Date.UTC(year, 0, 1) / 86_400_000;
  const before = (toWeekday(newYear) - days.firstWeekday + 7) % 7;
  return {
    week: Math.floor((day - newYear + before) / 7),
    weekday: (toWeekday(day) - days.firstWeekday + 7) % 7,
    top: (toYears(days).lastYear - year) * BLOCK + TOP,
  };
}

function labelYears(days: DayValues, pitch: number): Label[] {
  const { firstYear, lastYear } = toYears(days);
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, at) => lastYear - at);
  return years.flatMap((year, block) => {
    const top = block * BLOCK;
    const weekdays = [0, 2, 4].map((row) => ({
      x: 0,
      y: top + TOP + row * PITCH + PITCH / 2 - 1,
      text: WEEKDAYS[(row + days.firstWeekday) % 7] ?? '',
    }));
    const months = MONTHS.map((text, month) => {
      const first = placeDay(days, Date.UTC(year, month, 1) / 86_400_000);
      return { x: LEFT + (first.week + (first.weekday > 0 ? 1 : 0)) * pitch, y: top + 12, text };
    });
    return [{ x: 0, y: top + 12, text: String(year), isStrong: true }, ...weekdays, ...months];
  });
}
