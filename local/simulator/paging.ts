import { type Json, type JsonObject } from './json.ts';

/** Which part of a list one page shows. */
export type PageWindow = { readonly offset: number; readonly limit: number };

export type PageFrame = PageWindow & {
  /** Absolute address of the list; its own query stays, `offset` and `limit` are set. */
  readonly url: string;
  readonly total: number;
  /** Limit named in `next`, where it differs from this page's own. */
  readonly nextLimit?: number;
};

/** Spotify: paging object. `next` and `previous` are absolute, and null at the ends. */
export function toPage(items: readonly Json[], frame: PageFrame): JsonObject {
  const { url, total, offset, limit, nextLimit = limit } = frame;
  const nextOffset = offset + limit;
  return {
    href: withWindow(url, { offset, limit }),
    items,
    limit,
    next: nextOffset < total ? withWindow(url, { offset: nextOffset, limit: nextLimit }) : null,
    offset,
    previous: offset > 0 ? withWindow(url, { offset: Math.max(0, offset - limit), limit }) : null,
    total,
  };
}

function withWindow(url: string, { offset, limit }: PageWindow): string {
  const address = new URL(url);
  address.searchParams.set('offset', String(offset));
  address.searchParams.set('limit', String(limit));
  return address.href;
}
