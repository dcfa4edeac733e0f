import * as z from 'zod';
import { type TokenFacts } from './access-tokens.ts';
import { type Answer, toErrorAnswer } from './answers.ts';
import { type Catalogue } from './catalogue-model.ts';
import { type PageWindow } from './paging.ts';
import { type PlayLog } from './plays.ts';
import { type RecordedPlaylist } from './recorded.ts';
import { type Settings } from './settings.ts';
import { type WireStyle } from './wire-links.ts';

/** What the API answers from. */
export type World = Settings & {
  readonly catalogue: Catalogue;
  readonly recorded: ReadonlyMap<string, RecordedPlaylist>;
  readonly plays: PlayLog;
  readonly nowMs: number;
  /** By playlist: what its `snapshot_id` was before the last write. */
  readonly echoes: Map<string, SnapshotEcho>;
};

/** A snapshot that is still shown after a write. */
export type SnapshotEcho = {
  readonly snapshotId: string;
  readonly foreignId: string;
  readonly writtenAtMs: number;
};

export type ApiRequest = {
  readonly query: Readonly<Record<string, string>>;
  readonly token: TokenFacts;
  /** Of a write; undefined where there is none, or no JSON. */
  readonly body?: unknown;
  /** A fault's doing: serve this window instead of the one asked for. */
  readonly forced: Partial<PageWindow>;
};

export type WindowLimits = { readonly defaultLimit: number; readonly maximum: number };

export const wholeNumber = z.string().regex(/^\d+$/).transform(Number);

/** The window asked for, or the 400 that refuses it. */
export function parseWindow(
  query: Readonly<Record<string, string>>,
  limits: WindowLimits,
): PageWindow | Answer {
  const limit = parseLimit(query, limits);
  if (typeof limit !== 'number') return limit;
  const offset = wholeNumber.safeParse(query.offset ?? '0');
  if (!offset.success) return toErrorAnswer(400, 'Invalid offset');
  return { limit, offset: offset.data };
}

/** How many items a page may have, or the 400 that refuses it. */
export function parseLimit(
  query: Readonly<Record<string, string>>,
  { defaultLimit, maximum }: WindowLimits,
): number | Answer {
  const limit = wholeNumber
    .pipe(z.number().min(1).max(maximum))
    .safeParse(query.limit ?? String(defaultLimit));
  return limit.success ? limit.data : toErrorAnswer(400, 'Invalid limit');
}

/** The largest page of a listing that an app of this kind may ask for. */
export function findMaximumLimit({ appKind }: Pick<World, 'appKind'>): number {
  return appKind === 'C' ? 50 : 100;
}

/** How values look to this caller. */
export function toStyle(world: World, { query }: ApiRequest): WireStyle {
  return {
    appKind: world.appKind,
    apiUrl: world.apiUrl,
    market: query.market,
    isSparse: world.sparse,
    showsEpisodes: (query.additional_types ?? '').split(',').includes('episode'),
  };
}
