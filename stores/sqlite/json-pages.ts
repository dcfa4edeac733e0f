import * as z from 'zod/mini';
import { parseJson } from '../../lib/parse-json.ts';

/** libSQL takes no text of more than 5 MB, and a character can take four bytes. */
const MAX_LENGTH = 1_000_000;

/** These rows as JSON arrays, in order, none longer than libSQL takes. */
export function toJsonPages(rows: readonly unknown[], maxLength = MAX_LENGTH): string[] {
  const pages: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const json = JSON.stringify(row);
    if (length + json.length > maxLength) {
      pages.push([]);
      length = 0;
    }
    pages.at(-1)?.push(json);
    length += json.length;
  }
  return pages.map((page) => `[${page.join()}]`);
}

/** A text in parts that libSQL takes, cut between characters. */
export function cutText(text: string, maxLength = MAX_LENGTH): string[] {
  return text.match(new RegExp(`.{1,${maxLength}}`, 'gsu')) ?? [];
}

/** A text that is JSON of this. */
export function jsonOf<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniPipe<z.ZodMiniPipe<z.ZodMiniString, z.ZodMiniTransform<unknown, string>>, Schema> {
  return z.pipe(z.pipe(z.string(), z.transform(parseJson)), schema);
}
