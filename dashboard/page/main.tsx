/** Unpacks the data that the page carries, and shows it. */
import { render } from 'preact';
import { colourCss } from '../../charts/colours.ts';
import { unpackDashboard } from '../unpack.ts';
import { App } from './app.tsx';

async function start(): Promise<void> {
  const colours = new CSSStyleSheet();
  colours.replaceSync(colourCss(':root'));
  document.adoptedStyleSheets = [colours];
  const data = await unpackDashboard(document.getElementById('data')?.textContent ?? '');
  performance.mark('dashboard:data');
  const place = document.getElementById('app');
  const { served, year } = document.documentElement.dataset;
  if (place === null) return;
  render(
    <App data={data} version={served} year={year === undefined ? undefined : Number(year)} />,
    place,
  );
}

start().catch((error: unknown) => {
  const place = document.getElementById('app');
  if (place !== null) place.textContent = `This page cannot be shown: ${String(error)}`;
});
