import * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';
import type { PlaylistWriter } from '../etl/load/sinks.ts';
import { toPlaylistError, toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { refusalOf } from './refusals.ts';
import {
  createPlaylistRequest,
  hidePlaylistRequest,
  myPlaylistsRequest,
  writeItemsRequest,
} from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import type { Failure } from './transport.ts';
import { createUserCalls, createUserPages } from './user-pages.ts';

/** Whatever a reply that is not as it should be says, the write was made. */
const writtenSchema = z.catch(z.object({ snapshot_id: z.nullish(z.string()) }), {});
const createdSchema = z.object({ id: z.string(), public: z.nullish(z.boolean()) });
const listedSchema = z.object({
  items: z.array(
    z.catch(z.nullish(z.object({ id: z.string(), description: z.nullish(z.string()) })), undefined),
  ),
  next: z.nullish(z.string()),
});

/** Spotify as a place to write to, for one run. */
export function createPlaylistWriter(
  spotify: SpotifyRun,
  onWarning: (warning: string) => void,
): PlaylistWriter {
  const { calls, quota, session } = spotify;
  const { apiUrl } = session.settings;
  const { getUserId } = createUserCalls(spotify, withoutUser);
  const pages = createUserPages(spotify, myPlaylistsRequest);
  return {
    getUserId,
    callsLeft: () => quota.callsLeft(),
    write: async (playlistId, write) => {
      const api = session.dialect.playlistApi ?? 'items';
      const answer = await calls.call(writeItemsRequest(apiUrl, { api, playlistId }, write));
      if (answer.ok) {
        const { snapshot_id } = parseReply(writtenSchema, answer.body, 'written');
        return { answer: 'done', snapshotId: snapshot_id ?? undefined };
      }
      if (isUnclear(answer.failure)) return { answer: 'unknown' };
      if (answer.failure.kind === 'status' && answer.failure.status === 400) {
        return { answer: 'refused' };
      }
      throw toWriteError(answer.failure, playlistId);
    },
    create: async (list) => {
      const answer = await calls.call(createPlaylistRequest(apiUrl, list));
      if (!answer.ok && isUnclear(answer.failure)) return undefined;
      if (!answer.ok) throw toUserError(answer.failure);
      const { id, public: isPublic } = parseReply(createdSchema, answer.body, 'created');
      if (isPublic === true) {
        const hidden = await calls.call(hidePlaylistRequest(apiUrl, id));
        if (!hidden.ok) onWarning(`Spotify made the new list ${list.name} public. Hide it there.`);
      }
      return id;
    },
    findMarked: async (mark) => {
      for (let offset = 0; ; ) {
        const { items, next } = parseReply(
          listedSchema,
          (await pages.getPage(offset)).body,
          'my-playlists',
        );
        const found = items.find((each) => each?.description?.includes(mark));
        if (found) return found.id;
        if (typeof next !== 'string' || items.length === 0) return undefined;
        offset += items.length;
      }
    },
  };
}

/** Whether the write may have been made. */
function isUnclear(failure: Failure): boolean {
  if (failure.kind === 'out-of-time') return false;
  return failure.kind !== 'status' || failure.status >= 500;
}

function toWriteError(failure: Failure, playlistId: string): EtlError {
  const isForbidden = failure.kind === 'status' && failure.status === 403;
  if (!isForbidden) return toPlaylistError(failure, { playlistId, hasUser: true });
  const known = refusalOf(failure);
  if (known?.code === 'SCOPE_MISSING') return scopeMissing(known);
  const said = failure.message === '' ? '' : ` (${failure.message})`;
  return (
    known ??
    new EtlError(
      'TARGET_NOT_WRITABLE',
      `Spotify does not let this account change the target${said}. It must be your own list, and not full.`,
    )
  );
}

function scopeMissing(cause: EtlError): EtlError {
  return new EtlError(
    'SCOPE_MISSING',
    'The login lacks a scope that changing playlists needs. Run: npx spotify-etl login --for sync',
    { cause },
  );
}

function withoutUser(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    "Changing playlists needs a user's login. Log in: npx spotify-etl login --for sync",
  );
}
