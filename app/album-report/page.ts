/** The report as one page that needs no other file and no network. */

import { toAnswer } from '../../charts/album-answer.ts';
import {
  type Chart,
  type ChartTable,
  PHONE_WIDTH,
  toFixed,
  WIDE_WIDTH,
} from '../../charts/chart.ts';
import { colourCss } from '../../charts/colours.ts';
import { drawSvg, toPictureHeight } from '../../charts/draw.ts';
import type { Range } from '../../etl/model/album-trend.ts';
import { EXCLUSIONS, type Exclusion } from '../../etl/model/albums.ts';
import { escapeHtml } from '../../lib/escape-html.ts';
import type { AlbumReport } from './parts.ts';

const STYLE = `${colourCss(':root')}
:root{color-scheme:light dark;font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}
body{margin:0 auto;max-width:50rem;padding:1rem 1rem 4rem;background:var(--background);color:var(--text)}
h1{font-size:1.7rem;line-height:1.2;margin:1.5rem 0 .5rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.answer{font-size:1.2rem;border-left:4px solid var(--accent);padding-left:1rem;margin:1rem 0}
.faint,figcaption{color:var(--faint)}figure{margin:2.5rem 0 1rem}img{max-width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--grid);vertical-align:top}
.scroll{overflow-x:auto}summary{cursor:pointer;color:var(--mark)}
@media print{details::details-content{content-visibility:visible;block-size:auto}body{max-width:none}figure{break-inside:avoid}}`;

/** No script, and nothing from elsewhere. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

export function drawPage(report: AlbumReport, charts: readonly Chart[]): string {
  const { artists_complete: complete, artists_total: total } = report;
  const parts = [
    '<h1>Do the albums of these artists get shorter?</h1>',
    `<p class="faint">Week of ${report.week}. Catalogue of Spotify in ${escapeHtml(report.market)}. ${complete} of ${count(total, 'artist')} complete.</p>`,
    ...toAnswer(report).map(
      (line, at) => `<p${at === 0 ? ' class="answer"' : ''}>${escapeHtml(line)}</p>`,
    ),
    ...charts.map(drawFigure),
    '<h2>The figures</h2>',
    drawTable(toFigures(report)),
    '<h2>The same question, asked in other ways</h2>',
    '<p>If these disagree with the answer above, the answer depends on how albums are counted.</p>',
    drawTable({
      head: ['Change in a decade', 'Slope', 'Albums'],
      rows: report.other_slopes.map(({ albums, slope_per_decade: slope, what }) => [
        what,
        slope === undefined ? 'unknown' : toFixed(slope, 2),
        albums,
      ]),
    }),
    '<h2>What was left out, and why</h2>',
    `<p>${count(report.albums, 'album')} were listed. Editions of one album are counted once, which leaves ${count(report.families_total, 'album')}. ${report.families} of them are in the trend.</p>`,
    drawTable({ head: ['Left out', 'Albums'], rows: toExclusions(report) }),
    '<h2>How to read this</h2>',
    ...NOTES.map((note) => `<p>${note}</p>`),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Do albums get shorter?</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>
${parts.join('\n')}
</main></body></html>
`;
}

const NOTES = [
  '<strong>Survivors only.</strong> These artists are known today. Their old albums are those of careers that lasted, not the successful albums of their time. Nothing here speaks for music as a whole.',
  'The length is that of the earliest edition that Spotify has, and its date is the date of the album. An album that is only there as a reissue has the wrong year, so it is left out.',
  'The trend is the median of the slopes between all pairs of albums (Theil and Sen), so a few odd albums do not move it. The interval comes from 1,000 samples of artists, not of albums: thirty albums of one artist are not thirty independent facts.',
  'Private: Spotify restricts the analysis of its content. Do not publish this page.',
];

/** Two pictures, because what is legible on a desk is not on a phone. */
function drawFigure(chart: Chart): string {
  const [wide, narrow] = [WIDE_WIDTH, PHONE_WIDTH].map(
    (width) => `data:image/svg+xml;base64,${Buffer.from(drawSvg(chart, width)).toString('base64')}`,
  );
  return `<h2 class="heard">${escapeHtml(chart.title)}</h2><figure><picture><source media="(max-width:560px)" srcset="${narrow}" width="${PHONE_WIDTH}" height="${toPictureHeight(chart, PHONE_WIDTH)}"><img src="${wide}" width="${WIDE_WIDTH}" height="${toPictureHeight(chart, WIDE_WIDTH)}" alt="${escapeHtml(chart.description)}"></picture><figcaption>${escapeHtml(chart.description)}</figcaption></figure>
<details><summary>The numbers as a table</summary>${drawTable(chart.table)}</details>`;
}

function drawTable({ head, rows }: ChartTable): string {
  const toRow = (cells: readonly (string | number)[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(head.join(', '))}"><table><thead>${toRow(head, 'th')}</thead><tbody>${rows.map((cells) => toRow(cells, 'td')).join('\n')}</tbody></table></div>`;
}

function toFigures(report: AlbumReport): ChartTable {
  const { interval, p_value: p, sen_interval: sen, within_artists: within } = report;
  const rows: (readonly [string, string])[] = [
    ['Change in a decade, minutes', show(report.slope_minutes_per_decade)],
    ['Interval of 95 %, from samples of artists', showRange(interval)],
    ["Sen's interval of 95 %, as if all albums were independent", showRange(sen)],
    [
      `Change in a decade of the same artist (median of ${count(within, 'artist')})`,
      show(report.within_artist_slope),
    ],
    [
      'Probability of such an order of lengths without a trend, as if all albums were independent (Mann and Kendall)',
      p === undefined ? 'unknown' : p < 0.0001 ? 'below 0.0001' : p.toFixed(4),
    ],
    ['Albums', `${report.families} of ${report.families_total}`],
    ['Artists', `${report.artists} of ${report.artists_total}`],
  ];
  return { head: ['Figure', 'Value'], rows };
}

const show = (value: number | undefined): string =>
  value === undefined ? 'unknown' : toFixed(value, 2);

const showRange = (range: Range | undefined): string =>
  range === undefined ? 'unknown' : `${toFixed(range[0], 2)} to ${toFixed(range[1], 2)}`;

function toExclusions({ excluded }: AlbumReport): (readonly [string, number])[] {
  const reasons = Object.keys(EXCLUSIONS).filter((name): name is Exclusion => name in excluded);
  return reasons.map((name) => [EXCLUSIONS[name], excluded[name] ?? 0]);
}

const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? '' : 's'}`;
