/** The report on the length of albums, out of what is stored. Asks nobody. */
import { createArtistsChart } from '../charts/album-artists.ts';
import { createDecadesChart } from '../charts/album-decades.ts';
import { createTrendChart } from '../charts/album-trend.ts';
import { type Chart, WIDE_WIDTH } from '../charts/chart.ts';
import { drawSvg } from '../charts/draw.ts';
import type { FileSink, ListingSink, ReportFile, StoredAlbums } from '../etl/load/sinks.ts';
import { toAlbumTrend, toTrendPoints } from '../etl/transform/album-trend.ts';
import { readFamilies } from './album-families.ts';
import { drawPage } from './album-report/page.ts';
import type { AlbumReport, ReportParts } from './album-report/parts.ts';
import { albumParquet, familyParquet, familyTable } from './album-report/tables.ts';
import { isComplete, type Report } from './collect-albums.ts';

export { toAnswer } from '../charts/album-answer.ts';
export type { FileSink } from '../etl/load/sinks.ts';
export type { AlbumReport } from './album-report/parts.ts';

type ReportOptions = Report & {
  /** Any day of the week. */
  readonly day: Date;
};

/** Where all files are, as Hive wants them. */
export const HIVE_ROOT = 'album-length/v1';

/** Writes the files of a report, and returns what it says. */
export async function reportAlbums(
  stored: StoredAlbums & ListingSink,
  sink: FileSink,
  { day, ...asked }: ReportOptions,
): Promise<AlbumReport> {
  const { albums, families, names, states } = await readFamilies(stored, asked);
  const report = {
    ...toAlbumTrend(families, names),
    market: asked.market,
    week: toThursday(day),
    artists_complete: states.filter(isComplete).length,
    albums: albums.length,
  };
  await sink.putFiles(toFiles({ report, families, names }));
  return report;
}

function toFiles(parts: ReportParts): ReportFile[] {
  const { families, names, report } = parts;
  const charts = {
    trend: createTrendChart(report, toTrendPoints(families, names)),
    decades: createDecadesChart(report.decades),
    artists: createArtistsChart(report.by_artist),
  };
  return [
    { path: 'report.csv', type: 'text/csv', content: familyTable(parts) },
    ...Object.entries(charts).map(([name, chart]) => toPicture(name, chart)),
    { path: 'summary.json', type: 'application/json', content: `${toJson(report, 2)}\n` },
    { path: 'report.html', type: 'text/html', content: drawPage(report, Object.values(charts)) },
    ...[['family', familyParquet(parts)] as const, ['album', albumParquet(parts)] as const].map(
      ([dataset, content]) => ({
        path: `${toPartition(dataset, report.week)}/part-0.parquet`,
        type: 'application/vnd.apache.parquet',
        content,
      }),
    ),
  ];
}

/** The folder of a week, named by its Thursday. */
export function toPartition(dataset: string, week: string): string {
  const [year, month, day] = week.split('-');
  return `${HIVE_ROOT}/dataset=${dataset}/year=${year}/month=${month}/day=${day}`;
}

function toPicture(name: string, chart: Chart): ReportFile {
  return { path: `${name}.svg`, type: 'image/svg+xml', content: drawSvg(chart, WIDE_WIDTH) };
}

/** What is unknown is null. */
export function toJson(report: AlbumReport, indent = 0): string {
  return JSON.stringify(report, (_, value: unknown) => value ?? null, indent);
}

const DAY_MS = 86_400_000;
const THURSDAY = 4;

/** The last one up to this day, UTC. */
export function toThursday(day: Date): string {
  const back = (day.getUTCDay() - THURSDAY + 7) % 7;
  return new Date(day.getTime() - back * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
