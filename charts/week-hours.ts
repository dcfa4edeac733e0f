/** A cell for each hour of each weekday. */
import { drawCells, drawLabels, drawLegend, type Label, toLevels } from './cells.ts';
import { type Chart, toCount, toHead, toTenth } from './chart.ts';
import { WEEKDAYS } from './days.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const [LEFT, TOP, PITCH, GAP] = [40, 24, 26, 3];

type WeekHours = {
  /** By weekday (0 = Sunday) and hour. */
  readonly values: readonly (readonly number[])[];
  readonly unit: string;
  /** 0 = Sunday. */
  readonly firstWeekday: number;
};

export function createWeekHoursChart({ firstWeekday, unit, values }: WeekHours): Chart {
  const weekdays = WEEKDAYS.map((_, row) => (row + firstWeekday) % 7);
  const flat = weekdays.flatMap((weekday) =>
    HOURS.map((hour) => ({ weekday, hour, value: values[weekday]?.[hour] ?? 0 })),
  );
  const levels = toLevels(flat.map(({ value }) => value));
  const [top] = flat.toSorted((one, other) => other.value - one.value);
  const best =
    top === undefined || top.value === 0
      ? ''
      : ` The most: ${WEEKDAYS[top.weekday]}, ${toHour(top.hour)}, with ${toCount(top.value)}.`;
  return {
    title: 'Hours of the week',
    description: `A cell for each hour of each weekday, the stronger its colour the more ${unit}.${best}`,
    heightOf: () => TOP + 7 * PITCH + 46,
    tips: 'item',
    table: {
      head: ['Weekday', 'Hour', toHead(unit)],
      rows: flat.map(({ hour, value, weekday }) => [
        WEEKDAYS[weekday] ?? '',
        toHour(hour),
        toTenth(value),
      ]),
    },
    toOption: (width) => {
      const pitch = (width - LEFT - 2) / HOURS.length;
      const cells = flat.map(({ value }, at) => ({
        x: LEFT + (at % HOURS.length) * pitch,
        y: TOP + Math.floor(at / HOURS.length) * PITCH,
        width: pitch - GAP,
        height: PITCH - GAP,
        level: levels.levelOf(value),
        isGap: false,
      }));
      const legend = drawLegend(
        { x: LEFT, y: TOP + 7 * PITCH + 14 },
        { ...levels, unit, hasGaps: false, width },
      );
      return {
        series: [
          drawCells(cells),
          drawLabels([...labelHours(pitch), ...labelRows(weekdays)]),
          ...legend,
        ],
      };
    },
  };
}

function labelHours(pitch: number): Label[] {
  const step = pitch < 20 ? 6 : 3;
  return HOURS.filter((hour) => hour % step === 0).map((hour) => ({
    x: LEFT + hour * pitch,
    y: 12,
    text: `${hour}:00`,
  }));
}

function labelRows(weekdays: readonly number[]): Label[] {
  return weekdays.map((weekday, row) => ({
    x: 0,
    y: TOP + row * PITCH + PITCH / 2 - 1,
    text: WEEKDAYS[weekday] ?? '',
  }));
}

const toHour = (hour: number): string => `${hour}:00–${hour}:59`;
