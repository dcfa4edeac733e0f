/** How long `spotify-etl --help` takes, to a Node that does nothing. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { NODE } from './children.ts';
import { type Bench, round } from './report.ts';
import { ratioOf, summarise, toCell } from './samples.ts';

const CLI = resolve('cli/spotify-etl.cjs');
const STARTS_EACH = 15;
const MAX_RATIO = 6;

/** In turns, after one start that builds the file. */
export const benchCli: Bench = async ({ folder }, tell) => {
  const help: number[] = [];
  const nothing: number[] = [];
  await timeStart(folder, CLI, '--help');
  for (let start = 1; start <= STARTS_EACH; start += 1) {
    tell(`cli: start ${start} of ${STARTS_EACH}`);
    nothing.push(await timeStart(folder, '-e', '0'));
    help.push(await timeStart(folder, CLI, '--help'));
  }
  const ratio = ratioOf(help, nothing);
  return {
    bench: 'cli',
    title: `The commands, ms as median (min–max) of ${STARTS_EACH} starts`,
    rows: [
      ['start', 'ms', 'ratio'],
      ['spotify-etl --help', toCell(summarise(help)), `${round(ratio)} ×`],
      ['node -e 0', toCell(summarise(nothing)), '1 ×'],
    ],
    bounds: [{ what: '--help, to node -e 0', measured: ratio, limit: MAX_RATIO, unit: '×' }],
    figures: { help, nothing, ratio },
  };
};

async function timeStart(cwd: string, ...args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(NODE, args, { cwd });
  return performance.now() - startedAt;
}
