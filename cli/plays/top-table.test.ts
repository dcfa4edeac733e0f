import { toTopTable } from './top-table.ts';

const album = (name: string, artist: string) => ({ name, artist, plays: 2, minutes: 6.6 });

test('an album that is called like its artist leaves the others their artists', () => {
  const table = toTopTable([album('Ada', 'Ada'), album('Rivers', 'Bo')], 80);

  expect(table).toMatch(/# │ name +│ artist │ plays │ minutes/);
  expect(table).toMatch(/1 │ Ada +│ Ada +│ +2 │ +7/);
  expect(table).toMatch(/2 │ Rivers │ Bo +│/);
});

test('artists are shown once', () => {
  expect(toTopTable([album('Ada', 'Ada'), album('Bo', 'Bo')], 80)).not.toContain('artist');
});
