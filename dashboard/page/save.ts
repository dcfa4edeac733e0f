/** Files that the viewer asks for; made here, sent nowhere. */
import type { ChartTable } from '../../charts/chart.ts';
import { COLOURS } from '../../charts/colours.ts';

/** As it looks by day: only browsers know the variables of our colours. */
export const withFixedColours = (svg: string): string =>
  Object.entries(COLOURS.light).reduce(
    (text, [name, colour]) => text.replaceAll(`var(--${name})`, colour),
    svg,
  );

export function saveFile(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

/** `Every day` → `every-day` */
export function toFileName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60);
}

export function saveCsv(title: string, table: ChartTable): void {
  saveFile(`${toFileName(title)}.csv`, 'text/csv;charset=utf-8', toCsv(table));
}

/** For a spreadsheet: with a mark that says UTF-8, and without names that run as formulas. */
export function toCsv({ head, rows }: ChartTable): string {
  return `\u{feff}${[head, ...rows].map((row) => row.map(toCell).join(',')).join('\r\n')}\r\n`;
}

function toCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
