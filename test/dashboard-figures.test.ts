/** Every figure of the dashboard against SQL over the same library, by the clocks of two zones over their changes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DateTime } from 'luxon';
import { readDashboardData } from '../app/dashboard-data.ts';
import { countPlays, listTop, openLibrary } from '../app/library.ts';
import type { DashboardData } from '../dashboard/data.ts';
import { createCalendar, parseIsoDay, toIsoDay } from '../dashboard/numbers/calendar.ts';
import {
  completeSinceMs,
  listFirstListens,
  listForgotten,
} from '../dashboard/numbers/favourites.ts';
import { type History, prepareHistory } from '../dashboard/numbers/history.ts';
import type { DayPeriod } from '../dashboard/numbers/periods.ts';
import { listOverlaps, toPlaylistFigures } from '../dashboard/numbers/playlists.ts';
import {
  listPlaysOfDay,
  listSessions,
  listStreaks,
  toDays,
  toMonths,
  toWeekHours,
} from '../dashboard/numbers/times.ts';
import { listTops, type TopKind, type TopRow } from '../dashboard/numbers/tops.ts';
import { toTotals } from '../dashboard/numbers/totals.ts';
import { packDashboard } from '../dashboard/pack.ts';
import { unpackDashboard } from '../dashboard/unpack.ts';
import { fillYears } from '../local/fill-years.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 86_400_000;

/** Hours ahead of UTC until each moment, and after the last one. */
const ZONES = {
  'Europe/Berlin': [
    ['2025-03-30T01:00Z', 1],
    ['2025-10-26T01:00Z', 2],
    ['2026-03-29T01:00Z', 1],
    ['2026-10-25T01:00Z', 2],
    ['2028-01-01T00:00Z', 1],
  ],
  'America/New_York': [
    ['2025-03-09T07:00Z', -5],
    ['2025-11-02T06:00Z', -4],
    ['2026-03-08T07:00Z', -5],
    ['2026-11-01T06:00Z', -4],
    ['2028-01-01T00:00Z', -5],
  ],
} as const;
type Zone = keyof typeof ZONES;

/** Days and their ends, in both zones, around all changes. */
const BOUNDARIES = Object.entries(ZONES).flatMap(([, changes]) =>
  changes.slice(0, 4).flatMap(([change]) => {
    const at = Date.parse(change);
    const hours = Array.from({ length: 54 }, (_, hour) => at + (hour - 26) * 3_600_000);
    return hours.flatMap((hour) => [hour - 1, hour]);
  }),
);

let folder: string;
let file: string;
let data: DashboardData;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-numbers-'));
  file = join(folder, 'library.db');
  await fillYears(file, { nowMs: NOW_MS, years: 2, plays: 6_000, artists: 3 });
  makeDifficult();
  const library = openLibrary({ place: file, authToken: undefined });
  const read = await readDashboardData(library, { madeAtMs: NOW_MS });
  await library.close();
  data = await unpackDashboard(packDashboard(read));
});
afterAll(() => rm(folder, { recursive: true }));

/** Editions, what is left out, plays at the boundaries of days, pauses, gaps and forgotten songs. */
function makeDifficult(): void {
  const database = new DatabaseSync(file);
  const played = `SELECT item_id FROM play JOIN item USING (item_id) WHERE kind = 'track' AND name <> '' GROUP BY item_id ORDER BY count(*) DESC, item_id`;
  const [one, other, out, third, ...old] = database
    .prepare(`${played} LIMIT 12`)
    .all()
    .map(({ item_id }) => Number(item_id));
  database.exec(`
    UPDATE item SET same_as = ${Math.min(Number(one), Number(other))} WHERE item_id = ${Math.max(Number(one), Number(other))};
    UPDATE item SET same_as = ${Math.min(Number(out), Number(third))} WHERE item_id = ${Math.max(Number(out), Number(third))};
    INSERT INTO left_out SELECT uri, NULL, 0 FROM item WHERE item_id = ${Math.min(Number(out), Number(third))};
    INSERT INTO left_out SELECT 'artist:' || main_artist, main_artist, 0 FROM item WHERE item_id = ${old.at(-1)};
    UPDATE playlist_item SET uri = NULL WHERE position = 7;
    UPDATE playlist_item SET added_at = NULL, added_by = NULL WHERE position = 9;
    UPDATE playlist_item SET uri = (SELECT uri FROM item WHERE item_id = ${one}) WHERE position = 3;
    UPDATE playlist_item SET uri = (SELECT uri FROM item WHERE item_id = ${other}) WHERE position = 5;
    UPDATE item SET kind = 'unknown' WHERE uri = (SELECT uri FROM playlist_item WHERE position = 11 LIMIT 1);
    DELETE FROM play WHERE ended_at BETWEEN ${Date.UTC(2026, 5, 1, 9)} AND ${Date.UTC(2026, 5, 12, 9)};
    DELETE FROM play WHERE ended_at > ${Date.UTC(2025, 10, 10)} AND item_id IN (${old.slice(0, 4).join()});
    INSERT INTO gap (after, before, cause, found_at) VALUES (${Date.UTC(2026, 5, 3, 23)}, ${Date.UTC(2026, 5, 5, 1)}, 'missed', 0);
    INSERT INTO gap (after, before, cause, found_at, closed_by) VALUES (${Date.UTC(2026, 4, 3)}, ${Date.UTC(2026, 4, 5)}, 'missed', 0, 1)`);
  const insert = database.prepare(
    `INSERT INTO play (ended_at, item_id, ms_played, counted, skipped, reason_end, seen_at) VALUES (?, ?, ?, ?, ?, ?, 0)`,
  );
  for (const [index, at] of BOUNDARIES.entries()) {
    const ms = [null, 29_000, 30_000, 61_234][index % 4] ?? null;
    const end = ['endplay', 'fwdbtn', 'backbtn', 'trackdone', null][index % 5] ?? null;
    insert.run(
      at,
      old[4 + (index % 4)] ?? 0,
      ms,
      ms === 29_000 ? 0 : 1,
      index % 3 === 0 ? 0 : null,
      end,
    );
  }
  insert.run(Date.UTC(2026, 5, 1, 6), old[5] ?? 0, 200_000, 1, 0, 'trackdone');
  for (const item of old.slice(0, 4)) {
    for (let at = 0; at < 25; at += 1) {
      insert.run(Date.UTC(2025, 5, 1) + at * DAY_MS, item, 200_000, 1, 1, 'trackdone');
    }
  }
  database.close();
}

type Row = Record<string, number | string | null>;
type Ask = (sql: string, period?: DayPeriod) => Row[];

/** With a table `heard`: one row a play, by the clocks of the zone. `:from` and `:until` are days. */
function openHeard(zone: Zone): { ask: Ask; close: () => void } {
  const database = new DatabaseSync(file);
  const offset = (column: string): string =>
    `CASE ${ZONES[zone].map(([until, hours]) => `WHEN ${column} < ${Date.parse(until)} THEN ${hours} * 3600000`).join(' ')} END`;
  database.exec(`PRAGMA temp_store = MEMORY;
    CREATE TEMP TABLE heard AS SELECT
      play_id, ended_at, counted, ms_played, coalesce(ms_played, own.duration_ms, 0) AS ms,
      (ended_at + ${offset('ended_at')}) / ${DAY_MS} AS day,
      (ended_at + ${offset('ended_at')}) / 3600000 % 24 AS hour,
      coalesce(reason_end, '') IN ('fwdbtn', 'backbtn') OR coalesce(skipped, 0) = 1 OR (coalesce(reason_end, '') = 'endplay' AND coalesce(ms_played, 30000) < 30000) AS skip,
      own.kind IN ('episode', 'chapter') AS spoken,
      play_id NOT IN (SELECT play_id FROM listen) AS is_out,
      own.uri AS own_uri, song.uri, coalesce(song.name, '') AS name, coalesce(song.main_artist, '') AS artist,
      coalesce(own.parent_name, '') AS parent, coalesce(artist_name, own.main_artist, '') AS parent_artist
    FROM play JOIN item AS own USING (item_id)
    JOIN item AS song ON song.item_id = own.same_as OR (own.same_as IS NULL AND song.item_id = own.item_id)
    LEFT JOIN album_artist ON 'spotify:album:' || album_id = own.parent_uri AND position = 0
    LEFT JOIN artist USING (artist_id);
    CREATE TEMP TABLE open_gap AS SELECT
      (after + ${offset('after')}) / ${DAY_MS} AS first, (before + ${offset('before')}) / ${DAY_MS} AS last
    FROM gap WHERE closed_by IS NULL`);
  return {
    ask: (sql, period) => {
      const rows = database.prepare(sql).all(period === undefined ? {} : { ...period });
      return rows.map((row) => ({ ...row }) as Row);
    },
    close: () => {
      database.close();
    },
  };
}

const IN = 'day >= :from AND day < :until';
const MUSIC = `NOT spoken AND NOT is_out AND ${IN}`;

const day = (iso: string): number => parseIsoDay(iso) ?? Number.NaN;
/** Both days included. */
const days = (from: string, until: string): DayPeriod => ({
  from: day(from),
  until: day(until) + 1,
});
const PERIODS: readonly (readonly [string, DayPeriod])[] = [
  ['three years', days('2024-01-01', '2026-12-31')],
  ['the day on which the clocks of Berlin go forward', days('2026-03-29', '2026-03-29')],
  ['the day on which they go back', days('2026-10-25', '2026-10-25')],
  ['the day on which the clocks of New York go forward', days('2026-03-08', '2026-03-08')],
  ['the day on which they go back there', days('2025-11-02', '2025-11-02')],
  ['a winter and more', days('2025-10-15', '2026-06-15')],
  ['a time whose last day has no plays yet', days('2026-05-01', '2026-06-02')],
  ['a time whose streak is over', days('2026-05-01', '2026-06-03')],
  ['a time without plays', days('2012-01-01', '2012-02-01')],
];

/** Sums of fractions differ in their last digits. */
const toMs = (minutes: number): number => Math.round(minutes * 60_000);

describe.each(Object.keys(ZONES) as Zone[])('by the clocks of %s', (zone) => {
  let history: History;
  let ask: Ask;
  let close: () => void;
  beforeAll(() => {
    history = prepareHistory(data, createCalendar(zone));
    ({ ask, close } = openHeard(zone));
  });
  afterAll(() => {
    close();
  });

  test.each(PERIODS)('totals of %s', (_, period) => {
    const totals = toTotals(history, period);
    for (const spoken of [0, 1]) {
      const [songs, artists] = spoken ? ['own_uri', 'parent'] : ['uri', 'artist'];
      const [expected] = ask(
        `SELECT
          count(*) FILTER (WHERE counted AND NOT is_out) AS plays,
          coalesce(sum(ms) FILTER (WHERE NOT is_out), 0) AS ms,
          count(*) FILTER (WHERE ms_played IS NULL AND NOT is_out) AS unknownLength,
          count(*) FILTER (WHERE counted AND name = '' AND NOT is_out) AS unnamed,
          count(*) FILTER (WHERE NOT counted AND NOT is_out) AS short,
          count(*) FILTER (WHERE counted AND is_out) AS leftOut,
          count(DISTINCT ${songs}) FILTER (WHERE counted AND name <> '' AND NOT is_out) AS songs,
          count(DISTINCT ${artists}) FILTER (WHERE counted AND ${artists} <> '' AND NOT is_out) AS artists,
          count(DISTINCT day) FILTER (WHERE counted AND NOT is_out) AS days,
          count(*) FILTER (WHERE skip AND NOT is_out) AS skipped
        FROM heard WHERE spoken = ${spoken} AND ${IN}`,
        period,
      );
      const { minutes, ...counts } = spoken ? totals.spoken : totals.music;
      expect({ ...counts, ms: toMs(minutes) }).toEqual(expected);
    }
  });

  const KEYS: Readonly<Record<TopKind, readonly [key: string, name: string, artist: string]>> = {
    songs: ['uri', 'name', 'artist'],
    artists: ['artist', 'artist', 'artist'],
    albums: ['parent, parent_artist', 'parent', 'parent_artist'],
    shows: ['parent', 'parent', "''"],
  };
  const shown = ({ key: _, minutes, ...row }: TopRow) => ({ ...row, ms: toMs(minutes) });

  describe.each(Object.keys(KEYS) as TopKind[])('top %s', (kind) => {
    const [key, name, artist] = KEYS[kind];
    const groups = `FROM heard WHERE spoken = ${kind === 'shows' ? 1 : 0} AND NOT is_out AND ${name} <> ''`;

    test.each(PERIODS)('of %s are those of SQL, by plays and by minutes', (_, period) => {
      for (const by of ['plays', 'minutes'] as const) {
        const expected = ask(
          `SELECT ${name} AS name, ${artist} AS artist, sum(counted) FILTER (WHERE ${IN}) AS plays,
            sum(ms) FILTER (WHERE ${IN}) AS ms, sum(skip) FILTER (WHERE ${IN}) AS skipped,
            count(*) FILTER (WHERE ${IN}) AS starts,
            min(ended_at) FILTER (WHERE counted) AS firstMs, max(ended_at) FILTER (WHERE counted) AS lastMs
          ${groups} GROUP BY ${key} HAVING plays > 0
          ORDER BY ${by === 'plays' ? 'plays DESC, ms DESC' : 'ms DESC, plays DESC'}, 1, 2`,
          period,
        );
        const rows = listTops(history, kind, { ...period, by });
        expect(rows.map(shown)).toEqual(expected);
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
      }
    });

    test('of a period are those of `plays top`', async () => {
      const period = days('2026-03-01', '2026-11-10');
      const library = openLibrary({ place: file, authToken: undefined });
      const [sinceMs = 0, untilMs = 0] = [period.from, period.until].map((midnight) =>
        DateTime.fromISO(toIsoDay(midnight), { zone }).toMillis(),
      );
      const query = { of: kind, by: 'minutes', limit: 10_000, sinceMs, untilMs } as const;
      const expected = await listTop(library, query);
      const { first: _, ...counts } = await countPlays(library, query);
      await library.close();
      const { plays, unknownLength, unnamed } = toTotals(history, period)[
        kind === 'shows' ? 'spoken' : 'music'
      ];
      expect(counts).toMatchObject({ plays, unnamed });
      expect(counts.unknownLength).toBe(unknownLength);

      expect(
        listTops(history, kind, { ...period, by: 'minutes' }).map(({ minutes, ...row }) => ({
          name: row.name,
          artist: kind === 'shows' ? null : row.artist,
          plays: row.plays,
          minutes: Math.round(toMs(minutes) / 6_000) / 10,
        })),
      ).toEqual(
        expected.map((entry) => ({
          ...entry,
          artist: entry.artist ?? (kind === 'shows' ? null : ''),
        })),
      );
    });
  });

  test.each(PERIODS)('each day of %s', (_, period) => {
    const { from, gaps, minutes, plays } = toDays(history, period);
    const found = [...plays].flatMap((count, at) => {
      const ms = toMs(minutes[at] ?? 0);
      return count + ms > 0 ? [{ day: from + at, plays: count, ms }] : [];
    });
    expect(found).toEqual(
      ask(
        `SELECT day, sum(counted) AS plays, sum(ms) AS ms FROM heard WHERE ${MUSIC} GROUP BY day HAVING ms > 0 OR plays > 0 ORDER BY day`,
        period,
      ),
    );
    const open = ask('SELECT first, last FROM open_gap');
    expect([...gaps]).toEqual(
      [...gaps].map((_, at) =>
        open.some(({ first, last }) => from + at >= Number(first) && from + at <= Number(last))
          ? 1
          : 0,
      ),
    );
  });

  test.each(PERIODS)('each hour of the week of %s', (_, period) => {
    const { minutes, plays } = toWeekHours(history, period);
    const found = plays.flatMap((hours, weekday) =>
      hours.flatMap((count, hour) => {
        const ms = toMs(minutes[weekday]?.[hour] ?? 0);
        return count + ms > 0 ? [{ weekday, hour, plays: count, ms }] : [];
      }),
    );
    expect(found).toEqual(
      ask(
        `SELECT CAST(strftime('%w', day * 86400, 'unixepoch') AS INTEGER) AS weekday, hour, sum(counted) AS plays, sum(ms) AS ms
        FROM heard WHERE ${MUSIC} GROUP BY 1, 2 HAVING ms > 0 OR plays > 0 ORDER BY 1, 2`,
        period,
      ),
    );
  });

  test.each(PERIODS)('each month of %s', (_, period) => {
    const month = (expression: string): string =>
      `strftime('%Y', ${expression} * 86400, 'unixepoch') * 12 + strftime('%m', ${expression} * 86400, 'unixepoch') - 1`;
    const first = (of: string): string =>
      `SELECT ${of}, min(day) AS first FROM heard WHERE counted AND NOT spoken AND NOT is_out AND ${of === 'uri' ? 'name' : of} <> '' GROUP BY ${of}`;
    const expected = ask(
      `WITH RECURSIVE
        months(month) AS (SELECT ${month(':from')} UNION ALL SELECT month + 1 FROM months WHERE month < ${month('(:until - 1)')}),
        song AS (${first('uri')}), new AS (${first('artist')})
      SELECT months.month,
        coalesce(sum(counted) FILTER (WHERE NOT spoken), 0) AS plays, coalesce(sum(ms) FILTER (WHERE NOT spoken), 0) AS ms,
        coalesce(sum(counted) FILTER (WHERE spoken), 0) AS spokenPlays, coalesce(sum(ms) FILTER (WHERE spoken), 0) AS spokenMs,
        (SELECT count(*) FROM song WHERE ${month('first')} = months.month AND first >= :from AND first < :until) AS firstListens,
        coalesce(sum(counted) FILTER (WHERE NOT spoken AND ${month('new.first')} = months.month), 0) AS newArtistPlays
      FROM months LEFT JOIN heard ON ${month('day')} = months.month AND ${IN} AND NOT is_out LEFT JOIN new USING (artist)
      GROUP BY 1 ORDER BY 1`,
      period,
    );
    expect(
      toMonths(history, period).map(({ minutes, spokenMinutes, ...figures }) => ({
        ...figures,
        ms: toMs(minutes),
        spokenMs: toMs(spokenMinutes),
      })),
    ).toEqual(expected);
  });

  test.each(PERIODS)('streaks of %s', (_, period) => {
    const [today] = ask(
      `SELECT (${NOW_MS} + ${zone === 'Europe/Berlin' ? 1 : -5} * 3600000) / ${DAY_MS} AS day`,
    );
    const end = Math.min(period.until, Number(today?.day) + 1);
    const runs = (listed: string): Row[] =>
      ask(
        `WITH RECURSIVE
          every(day) AS (SELECT :from UNION ALL SELECT day + 1 FROM every WHERE day < :until - 1),
          listed AS (${listed}),
          numbered AS (SELECT day, day - row_number() OVER (ORDER BY day) AS run FROM listed)
        SELECT min(day) AS "from", count(*) AS days FROM numbered GROUP BY run ORDER BY days DESC, 1`,
        { ...period, until: end },
      );
    const isHeard = 'SELECT day FROM heard WHERE counted AND NOT spoken AND NOT is_out';
    const streaks = runs(`SELECT day FROM every WHERE day IN (${isHeard})`);
    const pauses = runs(
      `SELECT day FROM every WHERE day NOT IN (${isHeard}) AND day >= (SELECT min(day) FROM (${isHeard}))
      AND NOT EXISTS (SELECT 1 FROM open_gap WHERE day BETWEEN first AND last)`,
    );
    expect(listStreaks(history, period)).toEqual({
      longest: streaks[0],
      current: streaks.find(({ days: count, from }) => Number(from) + Number(count) >= end - 1),
      dry: pauses[0],
    });
  });

  test.each(PERIODS)('sessions of %s', (_, period) => {
    const sessions = ask(
      `WITH
        music AS (SELECT *, ended_at - ms AS started_at, lag(ended_at) OVER (ORDER BY ended_at, play_id) AS before FROM heard WHERE ${MUSIC}),
        numbered AS (SELECT *, count(*) FILTER (WHERE before IS NULL OR started_at - before > 1800000) OVER (ORDER BY ended_at, play_id) AS session FROM music)
      SELECT startMs, endMs, plays, min(ms, endMs - startMs) AS ms FROM (SELECT (SELECT started_at FROM numbered AS first WHERE first.session = numbered.session ORDER BY ended_at, play_id LIMIT 1) AS startMs,
        max(ended_at) AS endMs, sum(counted) AS plays, sum(ms) AS ms
      FROM numbered GROUP BY session HAVING plays > 0) ORDER BY ms DESC, startMs`,
      period,
    );
    const { count, longest, medianMinutes } = listSessions(history, period);
    const middle = [(sessions.length - 1) >> 1, sessions.length >> 1].map((at) =>
      Number(sessions[at]?.ms),
    );
    expect(count).toBe(sessions.length);
    expect(longest.map(({ minutes, ...session }) => ({ ...session, ms: toMs(minutes) }))).toEqual(
      sessions.slice(0, 10),
    );
    expect(medianMinutes === undefined ? undefined : toMs(medianMinutes)).toBe(
      count < 2 ? undefined : Math.round(((middle[0] ?? 0) + (middle[1] ?? 0)) / 2),
    );
  });

  test.each(['2026-03-29', '2026-10-25', '2026-11-01', '2026-11-12', '2012-01-01'])(
    'the plays of %s are all there, what is left out too',
    (iso) => {
      const found = listPlaysOfDay(history, day(iso)).map(({ item, ...play }) => ({
        ...play,
        uri: item.uri,
        isLeftOut: item.isLeftOut,
      }));
      const expected = ask(
        `SELECT ended_at, own_uri, coalesce(ms_played, -1) AS ms, counted, skip, is_out FROM heard WHERE ${IN} ORDER BY ended_at, play_id`,
        days(iso, iso),
      );
      expect(found).toEqual(
        expected.map((row) => ({
          endedAtMs: row.ended_at,
          uri: row.own_uri,
          heardMs: row.ms,
          isCounted: row.counted === 1,
          isSkipped: row.skip === 1,
          isLeftOut: row.is_out === 1,
        })),
      );
    },
  );

  test('forgotten favourites have 20 plays, and none for 365 days', () => {
    const nowDay = day('2026-11-20');
    const expected = ask(
      `SELECT name, count(*) AS plays FROM heard WHERE counted AND NOT spoken AND NOT is_out AND name <> ''
      GROUP BY uri HAVING plays >= 20 AND max(day) <= ${nowDay - 365} ORDER BY plays DESC, sum(ms) DESC`,
    );
    expect(listForgotten(history, nowDay).map(({ name, plays }) => ({ name, plays }))).toEqual(
      expected,
    );
    expect(expected.length).toBeGreaterThan(1);
    expect(listForgotten(history, nowDay - 300)).toEqual([]);
  });

  test.each(PERIODS)('first listens of %s', (_, period) => {
    const [{ since } = { since: 0 }] = ask(
      'SELECT max(before) AS since FROM gap WHERE closed_by IS NULL',
    );
    expect(completeSinceMs(data)).toBe(since);
    const expected = ask(
      `SELECT name, min(ended_at) AS firstMs, count(*) AS plays FROM heard WHERE counted AND NOT spoken AND NOT is_out AND name <> ''
      GROUP BY uri HAVING min(day) >= :from AND min(day) < :until ORDER BY firstMs DESC, name`,
      period,
    );
    const found = listFirstListens(history, period);
    expect(
      found
        .map(({ row: { firstMs, name, plays } }) => ({ name, firstMs, plays }))
        .sort((one, other) => other.firstMs - one.firstMs || (one.name < other.name ? -1 : 1)),
    ).toEqual(expected);
    const [{ gap } = { gap: 0 }] = ask('SELECT min(after) AS gap FROM gap WHERE closed_by IS NULL');
    const [{ firstMs: from } = { firstMs: Number.NaN }] = data.covered;
    for (const { isExact, row } of found) {
      expect(isExact).toBe(row.firstMs >= from && row.firstMs <= Number(gap));
    }
  });
});

describe('playlists', () => {
  const ask: Ask = (sql) => {
    const database = new DatabaseSync(file);
    const rows = database.prepare(sql).all();
    database.close();
    return rows.map((row) => ({ ...row }) as Row);
  };
  const ITEMS = `SELECT playlist_id, position, coalesce(same_as, item_id) AS song, duration_ms, added_by, coalesce(unixepoch(added_at), 0) / 86400 AS day,
      item_id IS NULL OR kind = 'unknown' OR (kind = 'track' AND coalesce(name, '') = '') AS is_gone
    FROM playlist_item LEFT JOIN item USING (uri)`;
  const of = (id: string): string => `(${ITEMS} WHERE playlist_id = '${id}')`;

  test('have the sizes, lengths and dates of their rows', () => {
    expect(data.playlists.map(({ id, name }) => [id, name])).toEqual(
      ask('SELECT playlist_id, playlist_name FROM playlist ORDER BY 2, 1').map(Object.values),
    );
    for (const playlist of data.playlists) {
      const { byContributor, duplicates, growth, minutes, ...counts } = toPlaylistFigures(
        data,
        playlist,
      );
      const list = of(playlist.id);
      const [expected] = ask(
        `SELECT count(*) AS size, count(DISTINCT song) AS songs, sum(coalesce(duration_ms, 0)) AS ms, sum(is_gone) AS unavailable, sum(day = 0) AS undated FROM ${list}`,
      );
      expect({ ...counts, ms: toMs(minutes) }).toEqual(expected);
      expect(growth).toEqual(
        ask(
          `SELECT day, CAST(sum(count(*)) OVER (ORDER BY day) AS INTEGER) AS size FROM ${list} WHERE day <> 0 GROUP BY day ORDER BY day`,
        ),
      );
      const added = ask(
        `SELECT added_by AS name, count(*) AS added FROM ${list} WHERE added_by IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, min(position)`,
      );
      expect(byContributor).toEqual(added);
      expect(duplicates.map(({ positions }) => JSON.stringify(positions))).toEqual(
        ask(
          `SELECT json_group_array(position) AS positions FROM (SELECT * FROM ${list} ORDER BY position) WHERE song IS NOT NULL GROUP BY song HAVING count(*) > 1 ORDER BY min(position)`,
        ).map(({ positions }) => positions),
      );
    }
    const all = data.playlists.map((playlist) => toPlaylistFigures(data, playlist));
    for (const key of ['duplicates', 'byContributor', 'growth'] as const) {
      expect(all.some((figures) => figures[key].length > 1)).toBe(true);
    }
    for (const key of ['unavailable', 'undated'] as const) {
      expect(all.some((figures) => figures[key] > 0)).toBe(true);
    }
  });

  test('overlap in the songs that both have', () => {
    const expected = ask(
      `WITH song AS (SELECT DISTINCT playlist_id AS id, song FROM (${ITEMS}) WHERE song IS NOT NULL),
        size AS (SELECT id, count(*) AS songs FROM song GROUP BY id)
      SELECT one.id AS one, other.id AS other, count(*) AS shared, CAST(count(*) AS REAL) / min(one_size.songs, other_size.songs) AS share
      FROM song AS one JOIN song AS other USING (song) JOIN size AS one_size ON one_size.id = one.id JOIN size AS other_size ON other_size.id = other.id
      WHERE one.id < other.id GROUP BY 1, 2 ORDER BY shared DESC, share DESC`,
    );
    const found = listOverlaps(data).map(({ one, other, ...figures }) => {
      const [first, second] = [one, other].map((at) => data.playlists[at]?.id ?? '').sort();
      return { one: first, other: second, ...figures };
    });
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found)).toEqual(new Set(expected));
    expect(found.map(({ shared }) => shared)).toEqual(expected.map(({ shared }) => shared));
  });
});
