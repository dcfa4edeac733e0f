/** The checks as lines for a terminal, or as JSON. */
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';
import type { Check } from './check.ts';

const MARKS = {
  ok: pc.green('✔'),
  warning: pc.yellow('!'),
  fault: pc.red('✖'),
  unknown: pc.dim('–'),
};
const ARROW = '→ ';
/** Narrower than this, lines are left to the terminal. */
const NARROWEST_ROOM = 24;

/**
 * A line for each check, and below it what to do. Text that is wider than what `columns` leave goes on below its own beginning;
 * where nobody looks at a terminal a line is as long as it is.
 */
export function checkLines(
  checks: readonly Check[],
  columns: number = Number.POSITIVE_INFINITY,
): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(2 + width + 2);
  return checks.flatMap(({ fix, message, name, status }) => {
    const dim = status === 'unknown' ? pc.dim : (text: string): string => text;
    const [first = '', ...more] = wrap(message, columns - indent.length).map(dim);
    const [whatToDo, ...further] =
      fix === undefined ? [] : wrap(fix, columns - indent.length - ARROW.length);
    return [
      `${MARKS[status]} ${name.padEnd(width)}  ${first}`,
      ...more.map((line) => `${indent}${line}`),
      ...(whatToDo === undefined ? [] : [`${indent}${pc.bold(ARROW)}${whatToDo}`]),
      ...further.map((line) => `${indent}${' '.repeat(ARROW.length)}${line}`),
    ];
  });
}

/** Breaks between words only: a path or a command must stay whole to be copied. */
function wrap(text: string, room: number): string[] {
  const lines = [''];
  for (const word of visible(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || longer.length <= Math.max(room, NARROWEST_ROOM)) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}

/** What it comes to. */
export function verdictLine(checks: readonly Check[], requests: number): string {
  const count = (status: Check['status']): number =>
    checks.filter((check) => check.status === status).length;
  const asked = `${requests} request${requests === 1 ? '' : 's'} to Spotify.`;
  const faults = count('fault');
  if (faults > 0) {
    return pc.red(`${faults} thing${faults === 1 ? '' : 's'} to mend. ${asked}`);
  }
  return count('warning') > 0
    ? pc.yellow(`It works; see what is marked with !. ${asked}`)
    : pc.green(`All is well. ${asked}`);
}

/** One object, for programs. */
export function checksJson(checks: readonly Check[], requests: number): string {
  const isOk = checks.every(({ status }) => status !== 'fault');
  return JSON.stringify({ ok: isOk, checks, spotify_requests: requests }, undefined, 2);
}
