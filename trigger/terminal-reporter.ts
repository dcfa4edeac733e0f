/** For a person at a terminal: a line per answer above a bar with rate and time left. */
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { createLineReporter, type Reporter, toAnswerLine } from './reporter.ts';

type Terminal = {
  readonly output: NodeJS.WritableStream & NodeJS.WriteStream;
  readonly now: () => number;
};

const BAR_SIZE = 20;
/** Below this there is room for numbers only. */
const NARROW = 60;

/** Draws on the terminal until the end. */
export function createTerminalReporter({ output, now }: Terminal): Reporter {
  const lines = createLineReporter(output, output, true);
  const bars = new MultiBar(
    {
      format: formatFor(output.columns),
      barsize: BAR_SIZE,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream: output,
      // The handler of the cursor would be one more for SIGINT; the end of a start is told anyway.
      gracefulExit: false,
    },
    { format: '', barCompleteChar: '█', barIncompleteChar: '░' },
  );
  let bar: SingleBar | undefined;
  let startedAt = 0;
  let answered = 0;
  // Above the bar, not through it: the screen is one for both streams.
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

/** At spaces where there are any: the bar has the terminal cut off what is too long. */
function wrap(line: string, width: number): string[] {
  const size = Math.max(NARROW / 3, width);
  return line.match(new RegExp(`.{1,${size}}(?: |$)|.{1,${size}}`, 'g')) ?? [line];
}

function formatFor(columns: number): string {
  return columns < NARROW
    ? '{value}/{total}  {rate}/s  {left} left'
    : '{bar} {value}/{total}  {rate}/s  {left} left';
}

function toPace(
  total: number,
  answered: number,
  elapsedMs: number,
): { rate: string; left: string } {
  const perSecond = answered / Math.max(elapsedMs / 1000, 0.001);
  return {
    rate: perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)),
    left: toClock((total - answered) / perSecond),
  };
}

function toClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
