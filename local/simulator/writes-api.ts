/** Writing the items of playlists, as it is in 2026. */
import * as z from 'zod';
import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, type World } from './api-request.ts';
import { changeItems } from './catalogue.ts';
import { toWireTime } from './catalogue-items.ts';
import { type CatalogueItem, type CataloguePlaylist } from './catalogue-model.ts';
import { createSnapshotId, readRevision } from './catalogue-playlists.ts';
import { findPlaylist } from './playlists-api.ts';
import { toLocalUri } from './wire-shapes.ts';

const MAX_BATCH = 100;

type Items = readonly CatalogueItem[];
type Family = 'items' | 'tracks';
type Write = {
  readonly id: string;
  readonly family: Family;
  readonly method: 'POST' | 'PUT' | 'DELETE';
};

/** A local file cannot be removed by its URI. */
const REMOVABLE = /^spotify:(?:track|episode):[0-9A-Za-z]{22}$/;

const place = z.int().nonnegative();
const urisSchema = z.object({ uris: z.array(z.string()), position: place.optional() });
const reorderSchema = z.object({
  range_start: place,
  insert_before: place,
  range_length: place.default(1),
});
const removedSchema = z.array(z.object({ uri: z.string(), positions: z.array(place).optional() }));

export const malformed = (message: string): Answer => toErrorAnswer(400, message);

/** Spotify: `POST`, `PUT` and `DELETE /playlists/{id}/items`; `/tracks` before 2026. */
export function answerWriteItems(world: World, write: Write, request: ApiRequest): Answer {
  if (world.appKind === 'C' && write.family === 'tracks') return toErrorAnswer(403, 'Forbidden');
  const playlist = findWritable(world, write.id, request);
  if ('status' in playlist) return playlist;
  const { body } = request;
  const reorder = reorderSchema.safeParse(body).data;
  const uris = urisSchema.safeParse(readUris(request)).data;
  if (write.method === 'DELETE') return answerRemove(world, playlist, { ...write, body });
  if (write.method === 'PUT' && reorder !== undefined) {
    return answerReorder(world, playlist, reorder);
  }
  if (uris === undefined) return malformed('No uris provided');
  return write.method === 'PUT'
    ? answerReplace(world, playlist, uris.uris)
    : answerAdd(world, playlist, uris);
}

/** `uris` in the query silently win. */
function readUris({ body, query }: ApiRequest): unknown {
  if (query.uris === undefined) return body;
  const { position } = query;
  return {
    uris: query.uris.split(','),
    ...(position !== undefined && { position: Number(position) }),
  };
}

/** The playlist, if this token may change it. */
export function findWritable(
  world: World,
  id: string,
  request: ApiRequest,
): CataloguePlaylist | Answer {
  const { token } = request;
  if (token.kind === 'client') return toErrorAnswer(401, 'Valid user authentication required');
  const shown = findPlaylist(world, id, request);
  const playlist = world.catalogue.playlists.get(id);
  if (playlist === undefined || 'status' in shown) {
    return 'status' in shown ? shown : toErrorAnswer(404, 'Resource not found');
  }
  const mine = playlist.isPublic === true ? 'playlist-modify-public' : 'playlist-modify-private';
  const enough = world.scopeByPublic
    ? [mine]
    : ['playlist-modify-public', 'playlist-modify-private'];
  if (!enough.some((scope) => token.scopes.includes(scope))) return scopeMissing();
  return playlist.ownerId === world.catalogue.user.id
    ? playlist
    : toErrorAnswer(403, "You cannot add tracks to a playlist you don't own.");
}

export const scopeMissing = (): Answer => toErrorAnswer(403, 'Insufficient client scope');

function answerAdd(
  world: World,
  playlist: CataloguePlaylist,
  { position = playlist.items.length, uris }: z.infer<typeof urisSchema>,
): Answer {
  const added = toItems(world, uris);
  if ('status' in added) return added;
  if (position > playlist.items.length) return malformed('Index out of bounds');
  const items = playlist.items.toSpliced(position, 0, ...added);
  if (items.length > world.maxItems) {
    return toErrorAnswer(world.fullStatus, 'Playlist size limit reached');
  }
  return write(world, playlist, { items, status: 201 });
}

function answerReplace(world: World, playlist: CataloguePlaylist, uris: readonly string[]): Answer {
  const items = toItems(world, uris);
  return 'status' in items ? items : write(world, playlist, { items, status: 200 });
}

/** `insert_before` counts in the list before the move. */
function answerReorder(
  world: World,
  playlist: CataloguePlaylist,
  {
    insert_before: before,
    range_length: length,
    range_start: start,
  }: z.infer<typeof reorderSchema>,
): Answer {
  const { items } = playlist;
  if (start >= items.length || before > items.length || start + length > items.length) {
    return malformed('Index out of bounds');
  }
  const moved = items.slice(start, start + length);
  const others = items.toSpliced(start, length);
  const at = before <= start ? before : Math.max(start, before - length);
  return write(world, playlist, { items: others.toSpliced(at, 0, ...moved), status: 200 });
}

function answerRemove(
  world: World,
  playlist: CataloguePlaylist,
  { body, family }: Pick<Write, 'family'> & { readonly body: unknown },
): Answer {
  const schema = z.object({ [family]: removedSchema });
  const removed = schema.safeParse(body).data?.[family] ?? [];
  if (removed.length === 0) return malformed('No uris provided');
  if (removed.length > MAX_BATCH) return malformed(tooMany('remove'));
  const odd = removed.find(({ uri }) => !REMOVABLE.test(uri));
  if (odd !== undefined) return malformed(`Invalid track uri: ${odd.uri}`);
  const positions = new Map(removed.map((each) => [each.uri, each.positions]));
  const items = playlist.items.filter((item, at) => {
    const uri = toUri(item);
    if (uri === undefined || !positions.has(uri) || world.undeletable.includes(uri)) return true;
    const given = positions.get(uri);
    return !world.deletesAllCopies && given !== undefined && !given.includes(at);
  });
  return write(world, playlist, { items, status: 200 });
}

const tooMany = (verb: string): string =>
  `You can ${verb} a maximum of ${MAX_BATCH} tracks per request.`;

type Written = { readonly items: Items; readonly status: 200 | 201 };

function write(world: World, playlist: CataloguePlaylist, { items, status }: Written): Answer {
  const { catalogue, echoes, nowMs } = world;
  const echo = echoes.get(playlist.id);
  const isEchoing = echo !== undefined && nowMs - echo.writtenAtMs < world.snapshotDelayMs;
  const { snapshotId: snapshot_id } = changeItems(catalogue, playlist, items);
  echoes.set(playlist.id, {
    snapshotId: isEchoing ? echo.snapshotId : playlist.snapshotId,
    foreignId: createSnapshotId(catalogue.random, readRevision(snapshot_id)),
    writtenAtMs: nowMs,
  });
  return toJsonAnswer({ snapshot_id }, status);
}

/** The items that these URIs add, or the refusal of the whole batch. */
function toItems(world: World, uris: readonly string[]): CatalogueItem[] | Answer {
  if (uris.length > MAX_BATCH) return malformed(tooMany('add'));
  const refusal = uris.map((uri) => refuseUri(world, uri)).find((each) => each);
  if (refusal !== undefined) return refusal;
  const added = { addedAt: toWireTime(world.nowMs), addedBy: world.catalogue.user.id };
  return uris.map((uri) => {
    const [, kind, id = ''] = uri.split(':');
    return kind === 'episode'
      ? { kind, episodeId: id, ...added }
      : { kind: 'track', trackId: id, ...added };
  });
}

function refuseUri({ catalogue, dead, poison }: World, uri: string): Answer | undefined {
  const [, kind, id = ''] = uri.split(':');
  if (kind !== 'track' && kind !== 'episode') return malformed(`Invalid track uri: ${uri}`);
  const isKnown = kind === 'track' ? catalogue.tracks.has(id) : catalogue.episodes.has(id);
  if (!isKnown || dead.includes(uri)) return malformed('Payload contains a non-existing ID');
  return poison.includes(uri) ? toErrorAnswer(502, 'Bad gateway.') : undefined;
}

/** As a client sees it; undefined for what is unavailable. */
export function toUri(item: CatalogueItem): string | undefined {
  switch (item.kind) {
    case 'track':
      return `spotify:track:${item.trackId}`;
    case 'episode':
      return `spotify:episode:${item.episodeId}`;
    case 'local':
      return toLocalUri(item);
    case 'unavailable':
      return undefined;
  }
}
