import { drawSvg } from '../../charts/draw.ts';
import { createWeekHoursChart } from '../../charts/week-hours.ts';
import { toCsv, toFileName, withFixedColours } from './save.ts';

test('a table is CSV that a spreadsheet opens without running anything', () => {
  const rows = [
    ['=1+1', 12_345],
    ['say "hi", you', 7],
    ['', '−3.5'],
  ];
  expect(toCsv({ head: ['Name', 'Plays'], rows })).toBe(
    '\u{feff}Name,Plays\r\n\'=1+1,12345\r\n"say ""hi"", you",7\r\n,−3.5\r\n',
  );
});

test('a title is a file name', () => {
  expect(toFileName('Plays per day: 2026/27')).toBe('plays-per-day-2026-27');
  expect(toFileName('…')).toBe('');
});

test('a saved picture has its colours in it, for programs that know no variables', () => {
  const chart = createWeekHoursChart({ values: [[1]], unit: 'plays', firstWeekday: 1 });
  const svg = withFixedColours(drawSvg(chart, 760));
  expect(svg).not.toContain('var(');
  expect(svg).toContain('fill="#ffffff"');
});
