/** The most memory that the largest load takes: 10,000 items by the packaged function, in a process of its own. */
import { runMeasured } from './measured-run.ts';
import { type Bench } from './report.ts';
import { runOurs } from './served-run.ts';

const ITEMS = 10_000;
const RUNS = 3;
const MAX_MB = 256;

export const benchMemory: Bench = async (workshop, tell) => {
  const { packaged, program, emptyPath, nodeEnvironment } = workshop;
  const peakOfLoading = async (path: string): Promise<number> => {
    const options = { args: [path], environment: nodeEnvironment };
    return (await runMeasured(program('load'), options)).peakRssMb;
  };
  const emptyMb = await peakOfLoading(emptyPath);
  const loadedMb = await peakOfLoading(packaged.path);
  const peaksMb: number[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    tell(`memory: ${ITEMS} items, run ${run} of ${RUNS}`);
    const options = { size: ITEMS, latencyMs: 0, isSparse: false, warm: 0 };
    for (const { peakRssMb } of await runOurs(workshop, options)) peaksMb.push(peakRssMb);
  }
  const worstMb = Math.max(...peaksMb);
  return {
    bench: 'memory',
    title: `Memory: peak of the process, MB`,
    rows: [
      ['process', 'MB'],
      ['Node alone', toCell(emptyMb)],
      ['the packaged function loaded, not called', toCell(loadedMb)],
      [`after a load of ${ITEMS} items, worst of ${RUNS}`, toCell(worstMb)],
    ],
    bounds: [{ what: `peak for ${ITEMS} items`, measured: worstMb, limit: MAX_MB, unit: 'MB' }],
    figures: { items: ITEMS, emptyMb, loadedMb, peaksMb },
  };
};

function toCell(mb: number): string {
  return String(Math.round(mb));
}
