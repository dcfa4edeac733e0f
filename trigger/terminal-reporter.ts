/** For a person at a terminal: a line per answer above a bar with rate and time left. */
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { createLineReporter, type Reporter, toAnswerLine } from './reporter.ts';

const BAR_SIZE = 20;
/** Narrower terminals get numbers without the bar. */
const MIN_BAR_COLUMNS = 60;
const NUMBERS = '{value}/{total}  {rate}/s  {eta_formatted} left';

export function createTerminalReporter(output: NodeJS.WriteStream, now: () => number): Reporter {
  const lines = createLineReporter(output, output);
  const bars = new MultiBar({
    format: output.columns < MIN_BAR_COLUMNS ? NUMBERS : `{bar} ${NUMBERS}`,
    barsize: BAR_SIZE,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    stream: output,
    // Its own handler of SIGINT would end the process before the rows in flight are recorded.
    gracefulExit: false,
  });
  let bar: SingleBar | undefined;
  let startedAt = 0;
  let answered = 0;
  const log = (line: string): void => {
    bars.log(`${line}\n`);
  };
  // Both streams are one screen, so warnings go above the bar too.
  const warn = (line: string): void => {
    for (const part of wrap(`! ${line}`, output.columns - 1)) log(pc.yellow(part));
  };
  return {
    onStart: (requests) => {
      startedAt = now();
      if (requests > 0) bar = bars.create(requests, 0, { rate: '–' });
    },
    onAnswer: (request, outcome) => {
      answered += 1;
      log(toAnswerLine(request, outcome, output.columns - 1));
      const rate = answered / Math.max((now() - startedAt) / 1000, 0.001);
      bar?.increment(1, { rate: rate.toFixed(rate < 10 ? 1 : 0) });
    },
    onNote: log,
    onWarning: warn,
    onNotice: warn,
    onEnd: (summary) => {
      bars.update();
      bars.stop();
      for (const [code, rows] of Object.entries(summary.codes)) {
        output.write(`${String(rows).padStart(7)}  ${code}\n`);
      }
      lines.onEnd(summary);
    },
  };
}

/** Breaks at spaces where it can: the bar's package cuts what is too long. */
function wrap(line: string, width: number): string[] {
  const size = Math.max(MIN_BAR_COLUMNS / 3, width);
  return line.match(new RegExp(`.{1,${size}}(?: |$)|.{1,${size}}`, 'g')) ?? [line];
}
