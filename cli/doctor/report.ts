/** The checks as lines for a terminal, or as JSON. */
import pc from 'picocolors';
import type { Check } from './check.ts';

const MARKS = {
  ok: pc.green('✔'),
  warning: pc.yellow('!'),
  fault: pc.red('✖'),
  unknown: pc.dim('–'),
};

/** A line for each check, and below it what to do. */
export function checkLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ fix, message, name, status }) => [
    `${MARKS[status]} ${name.padEnd(width)}  ${status === 'unknown' ? pc.dim(message) : message}`,
    ...(fix === undefined ? [] : [`  ${' '.repeat(width)}  ${pc.bold('→')} ${fix}`]),
  ]);
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
