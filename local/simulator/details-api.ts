/** Creating playlists, and changing what is not an item of theirs. */
import * as z from 'zod';
import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, toStyle, type World } from './api-request.ts';
import { addPlaylist } from './catalogue.ts';
import { findPagingKey, toWirePlaylist } from './wire-playlists.ts';
import { findWritable, malformed, scopeMissing } from './writes-api.ts';

const MAX_NAME = 100;
const MAX_DESCRIPTION = 300;
const MAX_IMAGE_BYTES = 256 * 1024;

const detailsSchema = z.object({
  name: z.string().optional(),
  description: z.string().nullish(),
  public: z.boolean().optional(),
  collaborative: z.boolean().optional(),
});

function refuseTexts(
  { refusesTexts }: World,
  { description, name }: z.infer<typeof detailsSchema>,
): Answer | undefined {
  if (!refusesTexts) return undefined;
  if (description === '') return malformed('Attribute description is empty');
  const texts = [name ?? '', description ?? ''];
  const isTooLong = (name ?? '').length > MAX_NAME || (description ?? '').length > MAX_DESCRIPTION;
  return isTooLong || texts.some((text) => text.includes('\n'))
    ? toErrorAnswer(500, 'Server error')
    : undefined;
}

/** Descriptions are read back escaped. */
const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#x27;');

const createdSchema = z.object({
  ...detailsSchema.shape,
  name: z.string().min(1),
  public: z.boolean().default(true),
  collaborative: z.boolean().default(false),
});

/** Spotify: `POST /me/playlists`. */
export function answerCreatePlaylist(world: World, request: ApiRequest): Answer {
  const { token } = request;
  if (token.kind === 'client') return toErrorAnswer(401, 'Valid user authentication required');
  const details = createdSchema.safeParse(request.body).data;
  if (details === undefined) return malformed('Missing required field: name');
  const scope = details.public ? 'playlist-modify-public' : 'playlist-modify-private';
  if (!token.scopes.includes(scope)) return scopeMissing();
  const refusal = refuseTexts(world, details);
  if (refusal !== undefined) return refusal;
  const created = addPlaylist(world.catalogue, {
    name: details.name,
    items: [],
    // Spotify writes the word where there is none.
    description: escape(details.description ?? 'null'),
    isPublic: details.public || world.ignoresPrivate,
    isCollaborative: details.collaborative,
  });
  const style = toStyle(world, request);
  const page = { [findPagingKey(style)]: { items: [], total: 0 } };
  return toJsonAnswer({ ...toWirePlaylist(created, style), ...page }, 201);
}

/** Spotify: `PUT /playlists/{id}`. */
export function answerChangeDetails(world: World, id: string, request: ApiRequest): Answer {
  const playlist = findWritable(world, id, request);
  if ('status' in playlist) return playlist;
  const details = detailsSchema.safeParse(request.body).data;
  if (details === undefined) return malformed('Malformed json');
  const refusal = refuseTexts(world, details);
  if (refusal !== undefined) return refusal;
  const { collaborative, description, name, public: isPublic } = details;
  world.catalogue.playlists.set(id, {
    ...playlist,
    name: name ?? playlist.name,
    description: description == null ? playlist.description : escape(description),
    isPublic: isPublic ?? playlist.isPublic,
    isCollaborative: collaborative ?? playlist.isCollaborative,
  });
  return toJsonAnswer({});
}

/** Spotify: `PUT /playlists/{id}/images`: a JPEG in base 64. */
export function answerUploadImage(world: World, id: string, request: ApiRequest): Answer {
  const playlist = findWritable(world, id, request);
  if ('status' in playlist) return playlist;
  if (!request.token.scopes.includes('ugc-image-upload')) {
    return toErrorAnswer(401, 'Unauthorized.');
  }
  const image = typeof request.body === 'string' ? request.body : '';
  // A line break at the end is refused too.
  if (!/^[A-Za-z0-9+/]+=*$/.test(image)) return malformed('Bad request.');
  if (image.length > MAX_IMAGE_BYTES) return toErrorAnswer(413, 'Payload Too Large');
  const imageUrl = `https://image-cdn.example/${id}`;
  world.catalogue.playlists.set(id, { ...playlist, imageUrl });
  return { status: 202, headers: {}, body: { text: '' } };
}
