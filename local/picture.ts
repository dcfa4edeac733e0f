/** `npm run picture`: runs `npm start` and draws what a terminal of 92 columns shows of it, as docs/picture.svg. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** As long as the usual folder's name, so that tables have their usual width. */
const FOLDER = '.photo';
const USUAL_FOLDER = '.local';
const COLUMNS = 92;
const LINE_PX = 19;
const CHARACTER_PX = 8.1;
const MARGIN_PX = 18;
/** GitHub shows one picture on light and on dark pages: a dark terminal suits both. */
const COLOURS = { text: '#d4d8e0', page: '#161b22' };
/** The codes of picocolors, as attributes of SVG. */
const STYLES: Readonly<Record<string, string>> = {
  1: 'font-weight="bold"',
  2: 'opacity="0.6"',
  31: 'fill="#ff8a8a"',
  32: 'fill="#57d07f"',
  33: 'fill="#e3b341"',
  36: 'fill="#76d9e6"',
};

async function draw(): Promise<void> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'local/start.ts'],
    {
      env: {
        ...process.env,
        DATA_DIR: FOLDER,
        FORCE_COLOR: '1',
        NO_COLOR: undefined,
      },
      encoding: 'utf8',
    },
  );
  await rm(FOLDER, { recursive: true });
  // A run is a page and a half long; what the README shows are the lists, the library and the query.
  const shown = stdout
    .replaceAll('\u001b[1m\n', '\n\u001b[1m')
    .replaceAll(FOLDER, USUAL_FOLDER)
    .split('\n');
  const from = shown.findIndex((line) => line.includes('spotify-etl trigger'));
  const to = shown.findIndex((line) => line.startsWith('Answers:'));
  await writeFile('docs/picture.svg', toSvg(['$ npm start', '', ...shown.slice(from, to)]));
}

function toSvg(lines: readonly string[]): string {
  const width = COLUMNS * CHARACTER_PX + 2 * MARGIN_PX;
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map(
    (line, at) =>
      `<text x="${MARGIN_PX}" y="${MARGIN_PX + (at + 0.8) * LINE_PX}" xml:space="preserve">${toSpans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="npm start in a terminal" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.5" fill="${COLOURS.text}">
<rect width="100%" height="100%" rx="10" fill="${COLOURS.page}"/>
${texts.join('\n')}
</svg>
`;
}

/** A line in its colours, cut at the width of the terminal. */
function toSpans(line: string): string {
  let [style, room] = ['', COLUMNS];
  // Between escape sequences stand texts.
  return line
    .split(/\u001b\[(\d+)m/)
    .map((part, at) => {
      if (at % 2 === 1) {
        style = STYLES[part] ?? '';
        return '';
      }
      const text = part.length > room ? `${part.slice(0, Math.max(0, room - 1))}…` : part;
      room = Math.max(0, room - part.length);
      return text === '' || text === '…' ? '' : `<tspan ${style}>${escape(text)}</tspan>`;
    })
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

draw().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
