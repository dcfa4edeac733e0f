/** The checks as lines for a terminal, or as JSON. */
import pc from 'picocolors';
import { quantity, wrap, writeLine } from '../shared/terminal.ts';
import type { Checks, Verdict } from './check.ts';

const MARKS = {
  ok: pc.green('✔'),
  warning: pc.yellow('!'),
  fault: pc.red('✖'),
  unknown: pc.dim('–'),
};
const ARROW = '→ ';

type ReportWords = {
  readonly json: boolean;
  /** Further members of the JSON object. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The last line: the text after the number of problems, and the text without problems. */
  readonly toFix: string;
  readonly passed: string;
};

/** Prints the report. Returns the exit code: 1 if there is something to fix. */
export function report(checks: Checks, words: ReportWords): number {
  writeLine(toReport(checks, words, process.stdout.columns));
  return toExitCode(checks);
}

/** All checks and a conclusion, or one JSON object. */
export function toReport(checks: Checks, words: ReportWords, columns?: number): string {
  const { facts, json, passed, toFix } = words;
  const all = listChecks(checks);
  if (json) {
    return JSON.stringify({ ok: !has(checks, 'fault'), ...facts, checks: all }, undefined, 2);
  }
  const faults = all.filter(({ status }) => status === 'fault').length;
  const conclusion = faults === 0 ? passed : pc.red(`${quantity(faults, 'problem')} ${toFix}`);
  return [...checkLines(checks, columns), '', conclusion].join('\n');
}

/** 1 if there is something to fix. */
export const toExitCode = (checks: Checks): number => (has(checks, 'fault') ? 1 : 0);

export function has(checks: Checks, status: Verdict['status']): boolean {
  return listChecks(checks).some((check) => check.status === status);
}

function listChecks(checks: Checks): (Verdict & { readonly name: string })[] {
  return Object.entries(checks).flatMap(([name, verdict]) =>
    verdict === undefined ? [] : [{ name, ...verdict }],
  );
}

/**
 * A line for each check, and below it what to do. Text wider than `columns` wraps with an indent; without a terminal, lines never
 * wrap.
 */
export function checkLines(checks: Checks, columns = Number.POSITIVE_INFINITY): string[] {
  const all = listChecks(checks);
  const width = Math.max(...all.map(({ name }) => name.length));
  const indent = ' '.repeat(2 + width + 2);
  return all.flatMap(({ fix, message, name, status }) => {
    const lines = wrap(message, columns - indent.length);
    const fixLines = fix === undefined ? [] : wrap(fix, columns - indent.length - ARROW.length);
    return [
      ...lines
        .map((line) => (status === 'unknown' ? pc.dim(line) : line))
        .map(
          (line, at) => `${at === 0 ? `${MARKS[status]} ${name.padEnd(width)}  ` : indent}${line}`,
        ),
      ...fixLines.map((line, at) => `${indent}${at === 0 ? pc.bold(ARROW) : '  '}${line}`),
    ];
  });
}
