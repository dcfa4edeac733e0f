const MAX_LINE = 500;

/** They turn the text around them to read from right to left, such as a file name that hides its ending. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text without line breaks, control characters and direction characters, for a message or a terminal. */
export function visible(text: string): string {
  return text.replace(DIRECTIONS, '').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The same in at most 500 characters, for a cell. */
export function toLine(text: string): string {
  const line = visible(text).trim();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}
