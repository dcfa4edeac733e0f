import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { createCatalogue } from './catalogue.ts';
import {
  createAccountFiles,
  createExportFiles,
  type ExportFile,
  FORBIDDEN,
  toTwin,
  writeExportZip,
} from './export-zip.ts';
import { createListenerPlays } from './listener-plays.ts';

const OPTIONS = { seed: 3, rows: 30_000, nowMs: Date.UTC(2026, 10, 20, 12) };
const catalogue = createCatalogue(3);
const files = [...createExportFiles(catalogue, OPTIONS)];

type Row = Readonly<Record<string, unknown>>;

const rowsOf = (list: readonly ExportFile[]): Row[] =>
  list.flatMap(({ rows }) => rows.map((row) => Object.fromEntries(Object.entries(row))));
const rowsLike = (name: RegExp): Row[] => rowsOf(files.filter((file) => name.test(file.name)));
const audio = rowsLike(/endsong|Audio/);

describe('the extended streaming history', () => {
  it('has the names and keys of every era', () => {
    const keysByFile = files.map(({ name, rows }): [string, string] => {
      const keys = new Set(rows.map((row) => Object.keys(row).sort().join(' ')));
      expect(keys.size).toBe(1);
      return [name.replace(/[\d-]+(?=[_.])/g, '#'), [...keys].join()];
    });
    const keysOf = new Map(keysByFile);
    const folder = 'Spotify Extended Streaming History';
    expect([...keysOf.keys()]).toEqual([
      'MyData/endsong_#.json',
      'MyData/Streaming_History_Audio_#_#.json',
      `${folder}/Streaming_History_Audio_#_#.json`,
      `${folder}/Streaming_History_Video_#.json`,
    ]);
    expect(keysOf.get('MyData/endsong_#.json')).toMatch(/ip_addr_decrypted.*user_agent.*username/);
    const newest = keysOf.get(`${folder}/Streaming_History_Video_#.json`)?.split(' ');
    expect(newest).toHaveLength(23);
    expect(newest).toEqual(expect.arrayContaining(['ip_addr', 'audiobook_chapter_uri']));
  });

  it('is the same for the same seed, and has every row that was asked for', () => {
    const again = [...createExportFiles(createCatalogue(3), OPTIONS)];
    expect(JSON.stringify(again) === JSON.stringify(files)).toBe(true);
    const shared = (files.length - 2) * 20;
    expect(rowsOf(files)).toHaveLength(OPTIONS.rows + shared);
  });

  it('has every oddity of the real one', () => {
    const countOf = (name: string, test: (value: unknown, row: Row) => boolean): number =>
      audio.filter((row) => test(row[name], row)).length;
    expect(countOf('ms_played', (ms) => Number(ms) < 30_000) / audio.length).toBeCloseTo(0.13, 1);
    for (const count of [
      countOf('ts', (ts) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(ts))),
      countOf('spotify_episode_uri', (uri) => uri !== null),
      countOf('audiobook_chapter_uri', (uri) => typeof uri === 'string'),
      countOf(
        'spotify_track_uri',
        (uri, row) => uri === null && row.master_metadata_track_name !== null,
      ),
      countOf('ts', (_, row) => Object.values(row).filter((value) => value === null).length >= 9),
      countOf('incognito_mode', (is) => is === true),
      countOf('skipped', (skipped) => skipped === true),
      countOf('skipped', (skipped) => skipped === null),
      countOf('offline', (offline) => offline === true),
      countOf('reason_end', (reason) => reason === 'none'),
      countOf('reason_end', (reason) => reason === null),
      countOf('reason_start', (reason) => reason === ''),
      countOf('offline_timestamp', (at) => at === 0),
      countOf('offline_timestamp', (at) => Number(at) > 0 && Number(at) < 100),
      countOf('offline_timestamp', (at) => Number(at) > 1e9 && Number(at) < 2e9),
      countOf('offline_timestamp', (at) => Number(at) > 1e12),
      countOf('platform', (platform) => String(platform).includes(FORBIDDEN.deviceModel)),
      countOf('platform', (platform) => platform === 'ios'),
    ]) {
      expect(count).toBeGreaterThan(0);
    }
    expect(new Set(audio.map((row) => JSON.stringify(row))).size).toBeLessThan(audio.length - 50);
    const twins = [...catalogue.tracks.values()].map(
      (track) => `spotify:track:${toTwin(track)?.id}`,
    );
    expect(audio.some((row) => twins.includes(String(row.spotify_track_uri)))).toBe(true);
    expect(rowsLike(/Video/).some((row) => row.spotify_track_uri !== null)).toBe(true);
  });

  it('ends with what the simulator shows, to the second', () => {
    const { nowMs, seed } = OPTIONS;
    const stored = new Set(
      rowsOf(files).map((row) => `${String(row.ts)} ${String(row.spotify_track_uri)}`),
    );
    const shown = createListenerPlays(catalogue, { kind: 'normal', nowMs, seed })
      .filter(({ endedAtMs }) => endedAtMs <= nowMs && endedAtMs > nowMs - 28 * 86_400_000)
      .map(({ endedAtMs, trackId }) => {
        const ts = new Date(endedAtMs).toISOString().replace(/\.\d+/, '');
        return `${ts} spotify:track:${trackId}`;
      });
    expect(shown.length).toBeGreaterThan(2000);
    expect(shown.filter((play) => !stored.has(play))).toEqual([]);
  });
});

describe('the account data', () => {
  it('names songs without URIs, and has files that are nobody’s business', () => {
    const created = createAccountFiles(catalogue, OPTIONS);
    const names = created.map(({ name }) => name.replace('Spotify Account Data/', ''));
    expect(names).toEqual(
      expect.arrayContaining(['StreamingHistory_music_0.json', 'Playlist1.json', 'Userdata.json']),
    );
    const [music] = created;
    expect(music?.text).toMatch(/"endTime": "20\d\d-\d\d-\d\d \d\d:\d\d"/);
    expect(music?.text).not.toContain('spotify:track:');
    expect(created.some(({ text }) => text.includes(FORBIDDEN.privateName))).toBe(false);
    const [old] = createAccountFiles(catalogue, { ...OPTIONS, isOld: true });
    expect(old?.name).toBe('MyData/StreamingHistory0.json');
  });
});

describe('the zip', () => {
  it('is read back by another program', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'export-'));
    const path = join(folder, 'my_spotify_data.zip');
    try {
      await writeExportZip(path, files);
      const unzipped = unzipSync(await readFile(path));
      expect(Object.keys(unzipped)).toEqual(files.map(({ name }) => name));
      const read = Object.values(unzipped).map((bytes): unknown =>
        JSON.parse(Buffer.from(bytes).toString()),
      );
      expect(JSON.stringify(read) === JSON.stringify(files.map(({ rows }) => rows))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
