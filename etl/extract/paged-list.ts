import { EtlError } from '../errors.ts';
import type { AlbumSource, ListPage } from './sources.ts';

type Reading<Entry> = {
  readonly source: Pick<AlbumSource, 'expectCalls'>;
  readonly getPage: (offset: number) => Promise<ListPage<Entry>>;
  /** So that reading a wrong list ends. */
  readonly maxPages: number;
  /** What the list is expected to cost; asked for before the first page. */
  readonly expectedCalls?: number;
  /** For a message; `%d` stands for the total. */
  readonly what: string;
  /** Whether the first page says enough. */
  readonly isEnough?: (first: ListPage<Entry>) => boolean;
};

/**
 * Reads a list page by page, complete or not at all. After the first page, the calls for all others are expected. Undefined if
 * the first page is enough.
 *
 * @throws EtlError `SPOTIFY_RESPONSE_INVALID` if the count is not the total; of the source
 */
export async function readList<Entry>({
  expectedCalls = 0,
  getPage,
  isEnough,
  maxPages,
  source,
  what,
}: Reading<Entry>): Promise<Entry[] | undefined> {
  if (expectedCalls > 0) await source.expectCalls(expectedCalls);
  const first = await getPage(0);
  if (isEnough?.(first) === true) return undefined;
  const entries = [...first.entries];
  const { total } = first;
  const pages = Math.ceil(total / Math.max(1, entries.length));
  const more = pages - Math.max(1, expectedCalls);
  if (more > 0 && pages <= maxPages) await source.expectCalls(more);
  for (let read = 1; entries.length < total && read < maxPages; read += 1) {
    const page = await getPage(entries.length);
    if (page.entries.length === 0) break;
    entries.push(...page.entries);
  }
  return requireAll(entries, total, what);
}

function requireAll<Entry>(
  entries: readonly (Entry | undefined)[],
  total: number,
  what: string,
): Entry[] {
  const sound = entries.filter((entry) => entry !== undefined);
  if (entries.length === total && sound.length === total) return sound;
  throw new EtlError(
    'SPOTIFY_RESPONSE_INVALID',
    `Spotify says that the ${what.replace('%d', String(total))}, but served ${sound.length} that can be read. Nothing was written; try again later.`,
    { facts: { total, items_read: sound.length } },
  );
}
