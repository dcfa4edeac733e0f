const MAX_LINE = 500;

/** Text without control characters, for a terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** One line of at most 500 characters without control characters, for a cell or a terminal. */
export function toLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}
