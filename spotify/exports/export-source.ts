import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { ExportSource } from '../../etl/extract/sources.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { type FoundFile, findExportFiles } from './export-files.ts';

const rowsSchema = z.array(z.unknown());

/** Spotify's exports in these places, as a source of plays. @throws UsageError as `findExportFiles` */
export async function openExports(places: readonly string[]): Promise<ExportSource> {
  const { close, files } = await findExportFiles(places);
  return {
    entries: files.flatMap((file) => {
      const { kind: format, name, size } = file;
      if (format === 'songs') return [];
      const read = async () => {
        const content = await readContent(file);
        const sha256 = createHash('sha256').update(content).digest('hex');
        const rows = rowsSchema.safeParse(parseText(content));
        if (!rows.success) throw unreadable('It is not a list in JSON.');
        return { name, format, sha256, rows: rows.data };
      };
      return [{ name, format, size, read }];
    }),
    listSongs: async () => {
      const lists = files.filter(({ kind }) => kind === 'songs');
      const songs = await Promise.all(lists.map(readSongs));
      return songs.flat();
    },
    close,
  };
}

async function readContent({ fault, read }: FoundFile): Promise<Buffer> {
  if (fault !== undefined) throw unreadable(fault);
  return await read().catch((error: unknown) => {
    throw unreadable(`It is damaged: ${error instanceof Error ? error.message : String(error)}.`);
  });
}

function unreadable(why: string): EtlError {
  return new EtlError('INVALID_REQUEST', why);
}

function parseText(content: Buffer): unknown {
  // A byte order mark is not part of JSON.
  return parseJson(content.toString().replace(/^\uFEFF/, ''));
}

const text = z.catch(z.nullish(z.string()), undefined);
const songsSchema = z.object({
  tracks: z.catch(z.array(z.object({ artist: text, track: text, uri: text })), []),
  playlists: z.catch(
    z.array(
      z.object({
        items: z.catch(
          z.array(
            z.object({
              track: z.nullish(z.object({ trackName: text, artistName: text, trackUri: text })),
            }),
          ),
          [],
        ),
      }),
    ),
    [],
  ),
});

/** They only help: what cannot be read has no songs. */
async function readSongs(file: FoundFile): ReturnType<ExportSource['listSongs']> {
  const content = await readContent(file).catch(() => undefined);
  const { data } = songsSchema.safeParse(content === undefined ? undefined : parseText(content));
  if (data === undefined) return [];
  const listed = data.playlists.flatMap(({ items }) => items.flatMap(({ track }) => track ?? []));
  return [
    ...data.tracks.map(({ artist, track, uri }) => ({ artist, title: track, uri })),
    ...listed.map(({ artistName, trackName, trackUri }) => ({
      artist: artistName,
      title: trackName,
      uri: trackUri,
    })),
  ].flatMap(({ artist, title, uri }) =>
    artist && title && uri?.startsWith('spotify:track:') ? [{ artist, title, uri }] : [],
  );
}
