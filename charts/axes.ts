import type { Range } from '../etl/model/album-trend.ts';
import { toFixed } from './chart.ts';
import { colour } from './colours.ts';

/** A list without an end, so that a name is drawn in whatever font has its letters. */
export const FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK JP', 'Noto Color Emoji', sans-serif";

export const LABEL = { color: colour('faint'), fontFamily: FONT, fontSize: 12 };

export const LINES = {
  axisLine: { lineStyle: { color: colour('faint') } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: colour('grid') } },
};

const SHORT_SPAN = 12;

/** Whole decades, without a comma in a year. */
export function toYearsAxis([first, last]: Range, isNarrow: boolean): object {
  const isShort = last - first < SHORT_SPAN;
  const step = isShort ? 2 : 10 * (isNarrow && last - first > 40 ? 2 : 1);
  return {
    ...LINES,
    type: 'value',
    min: Math.floor(first / step) * step,
    max: Math.ceil((last + 1) / step) * step,
    interval: step,
    splitLine: { show: false },
    axisLabel: { ...LABEL, formatter: String },
  };
}

/** From 0 to a whole number of steps. */
export type MinutesScale = { readonly max: number; readonly interval: number };

/** One very long album does not spoil it: what is above so large a share of them is drawn at its edge. */
export function toMinutesScale(minutes: readonly number[], shown = 0.98): MinutesScale {
  const sorted = [...minutes].sort((one, other) => one - other);
  const usual = (sorted[Math.ceil(sorted.length * shown) - 1] ?? 0) * 1.1;
  const interval = usual > 160 ? 50 : 20;
  return { interval, max: Math.max(1, Math.ceil(usual / interval)) * interval };
}

export function toMinutesAxis(scale: MinutesScale): object {
  return {
    ...LINES,
    ...scale,
    type: 'value',
    min: 0,
    name: 'minutes',
    nameTextStyle: { ...LABEL, align: 'left', padding: [0, 0, 0, -36] },
    axisLabel: { ...LABEL, formatter: (minutes: number) => toFixed(minutes, 0) },
  };
}

/** A name for each row, the first on top. */
export function toNamesAxis(names: readonly string[], width: number): object {
  return {
    type: 'category',
    inverse: true,
    // Two things can have one name.
    data: names.map((name, at) => `${at} ${name}`),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      ...LABEL,
      color: colour('text'),
      interval: 0,
      width,
      overflow: 'truncate',
      ellipsis: '…',
      formatter: (label: string) => label.replace(/^\d+ /, '').replaceAll(/\p{Cc}/gu, ' '),
    },
  };
}
