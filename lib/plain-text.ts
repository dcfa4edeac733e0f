import { stripVTControlCharacters } from 'node:util';

const MAX_LINE = 500;

/** Direction marks, which can hide the ending of a file name, for example; and line separators. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Text without control and direction characters or terminal sequences, for a message or a terminal. */
export function visible(text: string): string {
  return stripVTControlCharacters(text).replace(HIDDEN, ' ');
}

/** The same in at most 500 characters, for a cell. */
export function toLine(text: string): string {
  const line = visible(text).trim();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}
