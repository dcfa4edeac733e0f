/** For a person at a terminal: a line per answer above a bar with rate and time left. */
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { createLineReporter, type Reporter, toAnswerLine } from './reporter.ts';

type Terminal = {
  readonly output: NodeJS.WriteStream;
  readonly now: () => number;
};

const BAR_SIZE = 20;
/** Narrower terminals get numbers without the bar. */
const MIN_BAR_COLUMNS = 60;
const NUMBERS = '{value}/{total}  {rate}/s  {left} left';

export function createTerminalReporter({ output, now }: Terminal): Reporter {
  const lines = createLineReporter(output, output, true);
  const bars = new MultiBar(
    {
      format: output.columns < MIN_BAR_COLUMNS ? NUMBERS : `{bar} ${NUMBERS}`,
      barsize: BAR_SIZE,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream: output,
      // Its own handler of SIGINT would end the process before the rows in flight are recorded.
      gracefulExit: false,
    },
    { format: '', barCompleteChar: '█', barIncompleteChar: '░' },
  );
  let bar: SingleBar | undefined;
  let startedAt = 0;
  let answered = 0;
  // Both streams are one screen, so warnings go above the bar too.
  const warn = (line: string): void => {
    for (const part of wrap(`! ${line}`, output.columns - 1)) bars.log(`${pc.yellow(part)}\n`);
  };
  return {
    onStart: (requests) => {
      startedAt = now();
      if (requests > 0) bar = bars.create(requests, 0, { rate: '–', left: '–' });
    },
    onAnswer: (request, outcome) => {
      answered += 1;
      bars.log(`${toAnswerLine(request, outcome, output.columns - 1)}\n`);
      bar?.increment(1, toPace(bar.getTotal(), answered, now() - startedAt));
    },
    onNote: (line) => {
      bars.log(`${line}\n`);
    },
    onWarning: warn,
    onNotice: warn,
    onEnd: (summary) => {
      bars.update();
      bars.stop();
      lines.onEnd(summary);
    },
  };
}

/** Breaks at spaces where it can: the bar's package cuts what is too long. */
function wrap(line: string, width: number): string[] {
  const size = Math.max(MIN_BAR_COLUMNS / 3, width);
  return line.match(new RegExp(`.{1,${size}}(?: |$)|.{1,${size}}`, 'g')) ?? [line];
}

function toPace(
  total: number,
  answered: number,
  elapsedMs: number,
): { rate: string; left: string } {
  const perSecond = answered / Math.max(elapsedMs / 1000, 0.001);
  const left = Math.ceil((total - answered) / perSecond);
  return {
    rate: perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)),
    left: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`,
  };
}
