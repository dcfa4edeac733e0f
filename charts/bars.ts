/** A bar for each step of time. */
import { LABEL, LINES } from './axes.ts';
import { type Chart, type ChartTable, isNarrow, toCount, toHead, toTenth } from './chart.ts';
import { colour } from './colours.ts';
import { MONTHS, toDate, toShortDay } from './days.ts';

type Bars = {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly steps: readonly Step[];
  readonly values: readonly number[];
  /** By default the steps and the values. */
  readonly table?: ChartTable;
};

export type Step = {
  /** In the table. */
  readonly name: string;
  /** On the axis, where there is room. */
  readonly label: string;
  /** It has room on an axis that is full. */
  readonly isMain: boolean;
};

const [ROOMY, ROOMY_ON_PHONE] = [16, 7];

export function createBarsChart(bars: Bars): Chart {
  const { steps, unit, values } = bars;
  return {
    title: bars.title,
    description: bars.description,
    heightOf: () => 280,
    tips: 'axis',
    table: bars.table ?? {
      head: ['Time', toHead(unit)],
      rows: steps.map(({ name }, at) => [name, toTenth(values[at] ?? 0)]),
    },
    toOption: (width) => ({
      grid: { left: 48, right: 8, top: 34, bottom: 30 },
      xAxis: toStepAxis(steps, width),
      yAxis: toAmountAxis(unit),
      series: [
        {
          type: 'bar',
          data: values,
          barMaxWidth: 34,
          barCategoryGap: steps.length > 60 ? '15%' : '30%',
          itemStyle: { color: colour('mark'), borderRadius: [2, 2, 0, 0] },
          emphasis: { itemStyle: { color: colour('accent') } },
        },
      ],
    }),
  };
}

/** The steps from left to right. */
export function toStepAxis(steps: readonly Step[], width: number): object {
  return {
    ...LINES,
    type: 'category',
    data: steps.map(({ label }) => label),
    axisLabel: {
      ...LABEL,
      hideOverlap: true,
      interval: toInterval(steps, isNarrow(width) ? ROOMY_ON_PHONE : ROOMY),
    },
  };
}

/** They divide a year of months: where January is a main step, each January has a label. */
const STRIDES = [1, 2, 3, 4, 6];

/** Which steps have a label: all of them, or every second or third from the first main one on, or the main ones only. */
function toInterval(steps: readonly Step[], room: number): (at: number) => boolean {
  const stride = STRIDES.find((each) => steps.length / each <= room);
  if (stride === undefined) return (at) => steps[at]?.isMain ?? false;
  const first = Math.max(
    0,
    steps.findIndex(({ isMain }) => isMain),
  );
  return (at) => (at - first) % stride === 0;
}

/** From 0, with the unit above it. */
export function toAmountAxis(unit: string): object {
  return {
    ...LINES,
    axisLine: { show: false },
    type: 'value',
    min: 0,
    minInterval: 1,
    splitNumber: 4,
    name: unit,
    nameTextStyle: { ...LABEL, align: 'left', padding: [0, 0, 0, -40] },
    axisLabel: { ...LABEL, formatter: toCount },
  };
}

/** Months are numbers: year × 12 + month. */
export function toMonthStep(month: number): Step {
  const [year, index] = [Math.floor(month / 12), month % 12];
  const name = `${MONTHS[index]} ${year}`;
  return { name, label: index === 0 ? String(year) : (MONTHS[index] ?? ''), isMain: index === 0 };
}

/** The first of a month is a main step. */
export function toDayStep(day: number): Step {
  const date = toDate(day);
  return {
    name: toShortDay(day),
    label: `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`,
    isMain: date.getUTCDate() === 1 || date.getUTCDate() === 15,
  };
}
