/** The files of an export: in a zip, in a folder, or on their own. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as yauzl from 'yauzl';
import { UsageError } from '../../lib/usage-error.ts';
import { type ExportKind, recognise } from './recognise.ts';

/** One that was recognised, and not opened yet. */
export type FoundFile = {
  readonly name: string;
  readonly kind: ExportKind;
  /** Unpacked, in bytes. */
  readonly size: number;
  /** Why it cannot be read. */
  readonly fault?: string;
  readonly read: () => Promise<Buffer>;
};

export type FoundFiles = {
  readonly files: readonly FoundFile[];
  readonly close: () => void;
};

/** Spotify's are 13 MB. */
const MAX_FILE_MB = 64;
const MAX_TOTAL_MB = 4_096;
const MB = 1_000_000;
/** An export has a few dozen. */
const MAX_ENTRIES = 10_000;

/**
 * The files of exports in these places. Their contents stay where they are.
 *
 * @throws UsageError for a place that is not there, is no zip, or has no such file
 */
export async function findExportFiles(places: readonly string[]): Promise<FoundFiles> {
  const found: FoundFiles[] = [];
  const close = (): void => {
    for (const each of found) each.close();
  };
  try {
    for (const place of places) found.push(await findIn(place));
    const files = found.flatMap((each) => each.files);
    const totalMb = files.reduce((sum, { size }) => sum + size, 0) / MB;
    if (totalMb <= MAX_TOTAL_MB) return { files, close };
    throw new UsageError(
      `Unpacked, these files are ${Math.round(totalMb)} MB. More than ${MAX_TOTAL_MB} MB are not read: a history of ten years has 200.`,
    );
  } catch (error) {
    close();
    throw error;
  }
}

async function findIn(place: string): Promise<FoundFiles> {
  const about = await stat(place).catch(() => undefined);
  if (about === undefined) throw new UsageError(`There is nothing at ${place}.`);
  const found = about.isDirectory()
    ? await findInFolder(place)
    : /\.json$/i.test(place)
      ? { files: toFiles(place, place, about.size), close: () => undefined }
      : await findInZip(place);
  if (found.files.length > 0) return found;
  found.close();
  throw new UsageError(
    `${place} has no streaming history of Spotify: no file such as Streaming_History_Audio_2019-2021_3.json, endsong_0.json or StreamingHistory_music_0.json. Ask for yours at https://www.spotify.com/account/privacy/.`,
  );
}

async function findInFolder(folder: string): Promise<FoundFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && recognise(entry.name) !== undefined)
    .map(async ({ name, parentPath }) => {
      const path = join(parentPath, name);
      return toFiles(relative(folder, path), path, (await stat(path)).size);
    });
  return { files: (await Promise.all(files)).flat(), close: () => undefined };
}

function toFiles(name: string, path: string, size: number): FoundFile[] {
  const kind = recognise(name);
  return kind === undefined
    ? []
    : [{ name, kind, size, ...faultOf(size), read: () => readFile(path) }];
}

async function findInZip(path: string): Promise<FoundFiles> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch(() => {
    throw new UsageError(`${path} is no zip file, or a damaged one. Ask Spotify for it again.`);
  });
  try {
    if (zip.entryCount > MAX_ENTRIES) {
      throw new UsageError(
        `${path} has ${zip.entryCount} files. An export of Spotify has a few dozen.`,
      );
    }
    const files: FoundFile[] = [];
    for await (const entry of zip.eachEntry()) {
      const kind = recognise(entry.fileName);
      if (kind === undefined) continue;
      const { fileName: name, uncompressedSize: size } = entry;
      files.push({
        name,
        kind,
        size,
        ...(entry.isEncrypted() ? { fault: 'It is encrypted.' } : faultOf(size)),
        read: async () => buffer(await zip.openReadStreamPromise(entry)),
      });
    }
    return {
      files,
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    if (error instanceof UsageError) throw error;
    // A name that leads out of the zip, for example.
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : ''}.`);
  }
}

function faultOf(size: number): { readonly fault?: string } {
  const fault = `It is ${Math.round(size / MB)} MB unpacked. More than ${MAX_FILE_MB} MB are not read: Spotify's files are 13 MB.`;
  return size > MAX_FILE_MB * MB ? { fault } : {};
}
