import type { EChartsCoreOption } from 'echarts/core';

/** A picture, and what it shows in words and in figures. */
export type Chart = {
  readonly title: string;
  /** For those who do not see it. */
  readonly description: string;
  /** For a picture so wide. */
  readonly heightOf: (width: number) => number;
  /** For a picture so wide. */
  readonly toOption: (width: number) => EChartsCoreOption;
  /** The same numbers. */
  readonly table: ChartTable;
  /** With `item`, a mark shows the row of the table that has its index; with `axis`, the place under the pointer does. */
  readonly tips?: 'item' | 'axis';
};

export type ChartTable = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
};

/** A phone's width, in pixels. */
export const PHONE_WIDTH = 360;
export const WIDE_WIDTH = 760;

export const isNarrow = (width: number): boolean => width < 500;

/** One digit behind the point, and a real minus sign. */
export function toFixed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** 0 without any. */
export const highestOf = (values: readonly number[]): number =>
  values.reduce((highest, value) => Math.max(highest, value), 0);

/** A whole number, with commas. */
export const toCount = (value: number): string => Math.round(value).toLocaleString('en');

/** As much of a number as a table has. */
export const toTenth = (value: number): number => Math.round(value * 10) / 10;

/** A cell of a table for people; a file has the number itself. */
export function toCellText(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en', { maximumFractionDigits: 1 }) : cell;
}

/** The head of a column. */
export const toHead = (unit: string): string => unit.replace(/^./, (first) => first.toUpperCase());

/** Makes a thing when it is first needed. */
export function once<Thing>(make: () => Thing): () => Thing {
  let made: { readonly thing: Thing } | undefined;
  return () => {
    made ??= { thing: make() };
    return made.thing;
  };
}
