/** A library with the history of the simulated user, past the program, and the plays as they are to be exported. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../lib/system-clock.ts';
import { createCatalogue } from '../../local/simulator/catalogue.ts';
import { createHistory } from '../../local/simulator/export-rows.ts';
import { Library } from '../../stores/sqlite/library.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import type { ExportedPlay } from '../../stores/sqlite/play-pages.ts';
import type { Row } from './get-program.ts';

const DURATION_MS = 200_000;
const SOURCES = ['poll', 'extended', 'account', 'poll+extended'];

/** In the order of the ends; some share theirs. */
export async function fillHistory(file: string, rows: number): Promise<ExportedPlay[]> {
  await mkdir(dirname(file), { recursive: true });
  const library = new Library(openDatabase(file, undefined), systemClock);
  await library.run([{ sql: 'SELECT 1' }]);
  await library.close();
  const options = { seed: 1, rows, nowMs: Date.UTC(2026, 10, 20) };
  const plays = [...createHistory(createCatalogue(1), options)]
    .map(({ endedAtMs, fields }, index) => toPlay(fields, { endedAtMs, index }))
    .sort((one, other) => one.endedAtMs - other.endedAtMs);
  const database = new DatabaseSync(file);
  const addItem = database.prepare(
    `INSERT INTO item (uri, kind, name, main_artist, parent_name, duration_ms)
     VALUES (:uri, :kind, :name, :artist, :album, ${DURATION_MS}) ON CONFLICT DO NOTHING`,
  );
  const addPlay = database.prepare(
    `INSERT INTO play (ended_at, item_id, ms_played, counted, api_key, export_key, account_key, context_uri,
       reason_start, reason_end, skipped, shuffle, offline, incognito, device, country, seen_at)
     SELECT :endedAtMs, item_id, :ms_played, :counted, :api, :export, :account, :context_uri,
       :reason_start, :reason_end, :skipped, :shuffle, :offline, :incognito, :device, :country, 0
     FROM item WHERE uri = :uri`,
  );
  database.exec('BEGIN');
  for (const [index, { endedAtMs, play }] of plays.entries()) {
    const { album, artist, ended_at, kind, name, source, uri, ...columns } = play;
    addItem.run({ uri, kind, name, artist, album });
    const keyIf = (part: string) => (source.includes(part) ? `${part} ${index}` : null);
    const keys = { api: keyIf('poll'), export: keyIf('extended'), account: keyIf('account') };
    addPlay.run({ ...toSql(columns), ...keys, endedAtMs, uri });
  }
  database.exec('COMMIT');
  database.close();
  return plays.map(({ play }) => play);
}

type Place = { readonly endedAtMs: number; readonly index: number };

function toPlay(
  fields: Row,
  { endedAtMs, index }: Place,
): { endedAtMs: number; play: ExportedPlay } {
  const textOf = (name: string): string | null => {
    const { [name]: value = null } = fields;
    return typeof value === 'string' ? value : null;
  };
  const flagOf = (name: string): boolean | null =>
    fields[name] === null ? null : fields[name] === true;
  const track = textOf('spotify_track_uri');
  const uri = track ?? textOf('spotify_episode_uri') ?? `unknown:${index}`;
  const isPolled = index % 5 === 0;
  const play = {
    ended_at: new Date(endedAtMs).toISOString(),
    name: textOf('master_metadata_track_name'),
    artist: textOf('master_metadata_album_artist_name'),
    album: textOf('master_metadata_album_album_name'),
    uri,
    kind: track === null ? 'unknown' : 'track',
    ms_played: isPolled ? null : Number(fields.ms_played),
    counted: Number(fields.ms_played) >= 30_000,
    source: SOURCES[index % 4] ?? 'poll',
    context_uri: isPolled ? 'spotify:playlist:0' : null,
    reason_start: textOf('reason_start'),
    reason_end: textOf('reason_end'),
    skipped: flagOf('skipped'),
    shuffle: flagOf('shuffle'),
    offline: flagOf('offline'),
    incognito: flagOf('incognito_mode'),
    device: isPolled ? null : 'ios',
    country: isPolled ? null : 'DE',
  };
  return { endedAtMs, play };
}

function toSql(columns: Readonly<Record<string, string | number | boolean | null>>) {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? Number(value) : value,
    ]),
  );
}
