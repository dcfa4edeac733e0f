/** Draws a chart as SVG without a page. The same chart gives the same bytes, in any process. */
import { BoxplotChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from '../lib/escape-html.ts';
import { FONT } from './axes.ts';
import type { Chart } from './chart.ts';
import { colour, colourCss } from './colours.ts';

/** Around what is drawn, in pixels; the title is in the upper part. */
const [SIDE, TOP, BOTTOM] = [16, 44, 14];

/** Of the picture that `drawSvg` draws. */
export const toPictureHeight = ({ heightOf }: Chart, width: number): number =>
  heightOf(width - 2 * SIDE) + TOP + BOTTOM;

export function drawSvg(chart: Chart, width: number): string {
  use([BoxplotChart, CustomChart, LineChart, ScatterChart]);
  use([GridComponent, SVGRenderer]);
  const inner = width - 2 * SIDE;
  const drawing = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: inner,
    height: chart.heightOf(inner),
  });
  try {
    drawing.setOption({ animation: false, ...chart.toOption(inner) });
    return complete(drawing.renderToSVGString(), { chart, width });
  } finally {
    drawing.dispose();
  }
}

type Picture = { readonly chart: Chart; readonly width: number };

/** With its title, its description and its colours, and without what only a page needs. */
function complete(svg: string, { chart, width }: Picture): string {
  const ids = new Map<string, string>();
  const plain = svg
    .replaceAll(/<style ><!\[CDATA\[.*?<\/style>\n?/gs, '')
    .replaceAll(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    // Running numbers of the process.
    .replaceAll(/\bzr\d+-\w+\b/g, (id) => {
      const known = ids.get(id) ?? `c${ids.size}`;
      ids.set(id, known);
      return known;
    });
  const [title, description] = [chart.title, chart.description].map(escapeHtml);
  const height = toPictureHeight(chart, width);
  const place = `x="${-SIDE}" y="${-TOP}"`;
  return plain.replace(
    /^<svg width="[^"]*" height="[^"]*" ([^>]*?) viewBox="[^"]*">/,
    `<svg role="img" aria-labelledby="title description" width="${width}" height="${height}" $1 viewBox="${-SIDE} ${-TOP} ${width} ${height}">
<title id="title">${title}</title><desc id="description">${description}</desc><style>${colourCss(':root')}</style>
<rect ${place} width="${width}" height="${height}" fill="${colour('background')}"/>
<text x="0" y="${-TOP / 2 + 4}" font-family="${FONT}" font-size="16" font-weight="600" fill="${colour('text')}">${title}</text>`,
  );
}
