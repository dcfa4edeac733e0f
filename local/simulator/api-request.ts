import * as z from 'zod';
import { type TokenFacts } from './access-tokens.ts';
import { type Answer, toErrorAnswer } from './answers.ts';
import { type Catalogue } from './catalogue-model.ts';
import { type PageWindow } from './paging.ts';
import { type RecordedPlaylist } from './recorded.ts';
import { type AppKind, type WireStyle } from './wire-links.ts';

/** What the API answers from. */
export type World = {
  readonly catalogue: Catalogue;
  readonly recorded: ReadonlyMap<string, RecordedPlaylist>;
  readonly appKind: AppKind;
  /** Base of every `href` and `next`. */
  readonly apiUrl: string;
  readonly sparse: boolean;
};

export type ApiRequest = {
  readonly query: Readonly<Record<string, string>>;
  readonly token: TokenFacts;
  /** A fault's doing: serve this window instead of the one asked for. */
  readonly forced: Partial<PageWindow>;
};

export type WindowLimits = { readonly defaultLimit: number; readonly maximum: number };

const wholeNumber = z.string().regex(/^\d+$/).transform(Number);

/** The window asked for, or the 400 that refuses it. */
export function parseWindow(
  query: Readonly<Record<string, string>>,
  { defaultLimit, maximum }: WindowLimits,
): PageWindow | Answer {
  const limit = wholeNumber
    .pipe(z.number().min(1).max(maximum))
    .safeParse(query.limit ?? String(defaultLimit));
  if (!limit.success) return toErrorAnswer(400, 'Invalid limit');
  const offset = wholeNumber.safeParse(query.offset ?? '0');
  if (!offset.success) return toErrorAnswer(400, 'Invalid offset');
  return { limit: limit.data, offset: offset.data };
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
