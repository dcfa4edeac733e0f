import * as z from 'zod';
import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, parseLimit, toStyle, type World, wholeNumber } from './api-request.ts';
import { type JsonObject } from './json.ts';
import { type SimulatedPlay } from './plays.ts';
import { toWirePlay } from './wire-plays.ts';

const LIMITS = { defaultLimit: 20, maximum: 50 };
const SHORT_PAGE = 43;
const boundsSchema = z.object({ after: wholeNumber.optional(), before: wholeNumber.optional() });

/** Spotify: `GET /me/player/recently-played`. */
export function answerRecentlyPlayed(world: World, request: ApiRequest): Answer {
  const { forced, query, token } = request;
  if (token.kind === 'client' || !token.scopes.includes('user-read-recently-played')) {
    return toErrorAnswer(403, 'Insufficient client scope');
  }
  const limit = parseLimit(query, LIMITS);
  if (typeof limit !== 'number') return limit;
  const bounds = parseBounds(query);
  if ('status' in bounds) return bounds;
  const shown = Math.min(forced.limit ?? limit, world.shortPage ? SHORT_PAGE : Infinity);
  const plays = world.plays
    .listRecent(freeze(world))
    .filter(({ playedAtMs }) => playedAtMs > bounds.after && playedAtMs < bounds.before)
    .slice(0, shown);
  const style = toStyle(world, request);
  const items = (world.unsorted ? shuffle(plays) : plays).map((play) =>
    toWirePlay(play, world.catalogue, style),
  );
  return toJsonAnswer({ ...toFrame(world, { query, limit, plays }), items });
}

/** The times between which a play must lie, or the 400 that refuses them. */
function parseBounds(query: ApiRequest['query']): { after: number; before: number } | Answer {
  const bounds = boundsSchema.safeParse(query);
  if (!bounds.success) return toErrorAnswer(400, 'Invalid cursor');
  const { after, before } = bounds.data;
  return after !== undefined && before !== undefined
    ? toErrorAnswer(400, 'Only one of after and before may be given')
    : { after: after ?? -Infinity, before: before ?? Infinity };
}

/** The time as far as the list knows: while it is frozen, that is when it froze. */
function freeze({ nowMs, frozen }: World): number {
  return frozen !== null && nowMs >= frozen.fromMs && nowMs < frozen.untilMs
    ? frozen.fromMs
    : nowMs;
}

/** Always the same disorder: every other play, then the rest. */
function shuffle(plays: readonly SimulatedPlay[]): SimulatedPlay[] {
  const [even, odd] = [0, 1].map((rest) => plays.filter((_, at) => at % 2 === rest));
  return [...(odd ?? []), ...(even ?? [])];
}

type PageFacts = Pick<ApiRequest, 'query'> & {
  readonly limit: number;
  /** Newest first. */
  readonly plays: readonly SimulatedPlay[];
};

/** Spotify: cursor paging object without its items. A full page has a `next`, though it may lead to an empty one. */
function toFrame({ apiUrl }: World, { query, limit, plays }: PageFacts): JsonObject {
  const url = `${apiUrl}/v1/me/player/recently-played`;
  const asked = new URLSearchParams(query).toString();
  const [newest, oldest] = [plays.at(0), plays.at(-1)];
  const cursors =
    newest === undefined || oldest === undefined
      ? null
      : { after: String(newest.playedAtMs), before: String(oldest.playedAtMs) };
  return {
    href: asked === '' ? url : `${url}?${asked}`,
    limit,
    next:
      cursors !== null && plays.length === limit
        ? `${url}?before=${cursors.before}&limit=${limit}`
        : null,
    cursors,
  };
}
