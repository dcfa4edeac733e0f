import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isJsonArray, isJsonObject, type Json, type JsonObject, parseJson } from './json.ts';

/** A playlist as another program once received it. */
export type RecordedPlaylist = {
  readonly id: string;
  /** The playlist object as recorded; undefined where only its items were. */
  readonly head: JsonObject | undefined;
  /** All items recorded without a gap from the first; undefined where there are none. */
  readonly entries: readonly Json[] | undefined;
  /** Made up from the content where the recording has none. */
  readonly snapshotId: string;
};

type Finding =
  | { readonly kind: 'head'; readonly id: string; readonly head: JsonObject }
  | {
      readonly kind: 'page';
      readonly id: string;
      readonly offset: number;
      readonly items: readonly Json[];
    };

const LISTING_HREF = /\/playlists\/([A-Za-z0-9]{22})\/(?:tracks|items)(?:\?|$)/;

const headSchema = z.looseObject({
  type: z.literal('playlist'),
  id: z.string().regex(/^[A-Za-z0-9]{22}$/),
  name: z.string(),
});
const pageSchema = z.looseObject({
  href: z.string(),
  items: z.array(z.json()),
  offset: z.int().nonnegative().optional(),
});

/** Reads every `*.json` file under a folder and keeps what are playlists and pages of their items. */
export async function readRecordings(folder: string): Promise<Map<string, RecordedPlaylist>> {
  const names = await readdir(folder, { recursive: true });
  const findings: Finding[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    findings.push(
      ...findRecorded(parseRecording(await readFile(join(folder, name), 'utf8'), name)),
    );
  }
  const byId = new Map<string, Finding[]>();
  for (const finding of findings) byId.set(finding.id, [...(byId.get(finding.id) ?? []), finding]);
  return new Map([...byId].map(([id, found]) => [id, toRecordedPlaylist(id, found)]));
}

function parseRecording(text: string, name: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Error(`The recording ${name} is not JSON: repair it or take it out of the folder.`, {
      cause: error,
    });
  }
}

function findRecorded(recording: Json): Finding[] {
  const page = findPage(recording);
  if (page !== undefined) return [page];
  const list =
    isJsonObject(recording) && isJsonArray(recording.items) ? recording.items : [recording];
  return list.flatMap(findHead);
}

function findHead(candidate: Json): Finding[] {
  const parsed = headSchema.safeParse(candidate);
  if (!parsed.success || !isJsonObject(candidate)) return [];
  const { id } = parsed.data;
  const pages = [candidate.items, candidate.tracks]
    .map(findPage)
    .filter((page) => page !== undefined);
  return [{ kind: 'head', id, head: candidate }, ...pages.map((page) => ({ ...page, id }))];
}

function findPage(candidate: Json | undefined): Extract<Finding, { kind: 'page' }> | undefined {
  const parsed = pageSchema.safeParse(candidate);
  if (!parsed.success) return undefined;
  const id = LISTING_HREF.exec(parsed.data.href)?.[1];
  if (id === undefined) return undefined;
  return { kind: 'page', id, offset: parsed.data.offset ?? 0, items: parsed.data.items };
}

function toRecordedPlaylist(id: string, found: readonly Finding[]): RecordedPlaylist {
  const heads = found.flatMap((finding) => (finding.kind === 'head' ? [finding.head] : []));
  const pages = found.flatMap((finding) => (finding.kind === 'page' ? [finding] : []));
  // A full object beats the short form that lists of playlists hold.
  const head = heads.find(hasPage) ?? heads[0];
  const entries = pages.length === 0 ? undefined : joinPages(pages);
  return { id, head, entries, snapshotId: findSnapshotId(head, entries ?? []) };
}

function hasPage(head: JsonObject): boolean {
  return [head.items, head.tracks].some((page) => isJsonObject(page) && isJsonArray(page.items));
}

function joinPages(pages: readonly Extract<Finding, { kind: 'page' }>[]): Json[] {
  const entries: Json[] = [];
  const inOrder = [...pages].sort((a, b) => a.offset - b.offset);
  for (const { offset, items } of inOrder) {
    // A page behind a gap could not be reached by paging.
    if (offset <= entries.length) entries.push(...items.slice(entries.length - offset));
  }
  return entries;
}

function findSnapshotId(head: JsonObject | undefined, entries: readonly Json[]): string {
  if (typeof head?.snapshot_id === 'string') return head.snapshot_id;
  return createHash('sha1').update(JSON.stringify(entries)).digest('base64');
}
