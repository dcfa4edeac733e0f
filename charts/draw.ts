/** Draws a chart as SVG without a page. The same chart gives the same bytes, in any process. */
import { BoxplotChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from '../lib/escape-html.ts';
import { TITLE } from './axes.ts';
import type { Chart } from './chart.ts';
import { colour, colourCss } from './colours.ts';

export function drawSvg(chart: Chart, width: number): string {
  use([BoxplotChart, CustomChart, LineChart, ScatterChart]);
  use([GridComponent, TitleComponent, SVGRenderer]);
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height: chart.height });
  try {
    drawing.setOption({
      animation: false,
      backgroundColor: colour('background'),
      title: { text: chart.title, left: 8, top: 6, textStyle: TITLE },
      ...chart.toOption(width),
    });
    return complete(drawing.renderToSVGString(), chart);
  } finally {
    drawing.dispose();
  }
}

/** With its title, its description and its colours, and without what only a page needs. */
function complete(svg: string, { description, title }: Chart): string {
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
  const head = `<title id="title">${escapeHtml(title)}</title><desc id="description">${escapeHtml(description)}</desc><style>${colourCss(':root')}</style>`;
  return plain.replace(
    /^<svg ([^>]*)>/,
    `<svg role="img" aria-labelledby="title description" $1>\n${head}`,
  );
}
