/** What `spotify-etl plays` answers about a history, as real processes, against what the simulated user has played. */
import { execFileSync } from 'node:child_process';
import { createListening, createPlaysJustNow } from '../../local/simulator/listeners.ts';
import type { SimulatedPlay } from '../../local/simulator/simulator.ts';
import { CLI } from '../support/cli.ts';
import { createGetProgram, type GetProgram } from '../support/get-program.ts';

/** In Berlin the clocks went back on 27 October 2024, in New York on 3 November. */
const [FROM, UNTIL] = ['2024-10-25T00:00:00Z', '2024-11-05T00:00:00Z'].map(Date.parse);
const ZONES = ['Europe/Berlin', 'America/New_York'] as const;
/** One less than Spotify lists, so that each poll finds a known play. */
const STEP = 49;

let program: GetProgram;
let nowMs = FROM ?? 0;
/** One play in three is enough. */
const isKept = (_: SimulatedPlay, at: number): boolean => at % 3 === 0;

beforeAll(async () => {
  program = await createGetProgram({ now: () => nowMs });
  const { addPlays, catalogue, plays } = program.spotify;
  const listening = { kind: 'normal', seed: 5, fromMs: FROM ?? 0, untilMs: UNTIL ?? 0 } as const;
  addPlays([
    ...createListening(catalogue, listening).filter(isKept).map(atOnce),
    ...[...midnights(), ...namesakes(), ...editions()].map(([trackId, end]) =>
      playOf(trackId, Date.parse(end)),
    ),
  ]);
  const ends = plays().map(({ playedAtMs }) => playedAtMs);
  for (let at = STEP; at < ends.length + STEP; at += STEP) {
    nowMs = ends[Math.min(at, ends.length) - 1] ?? nowMs;
    // It warns that nothing was played for long.
    expect(await program.run(['plays', 'collect'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^! No new play since 2024-1.*\n$/),
    });
  }
});
afterAll(() => program.close());

const atOnce = (play: SimulatedPlay): SimulatedPlay => ({ ...play, visibleAtMs: play.playedAtMs });

function playOf(trackId: string, endedAtMs: number): SimulatedPlay {
  const times = { endedAtMs, playedAtMs: endedAtMs, visibleAtMs: endedAtMs };
  return { ...times, trackId, context: null, isOnline: true };
}

/** A minute before and after midnight, in both zones, on both sides of the change. */
function midnights(): [trackId: string, end: string][] {
  const minutes = [
    ['2024-10-26T23:59:00+02:00', '2024-10-27T00:01:00+02:00'],
    ['2024-10-27T23:59:00+01:00', '2024-10-28T00:01:00+01:00'],
    ['2024-11-02T23:59:00-04:00', '2024-11-03T00:01:00-04:00'],
    ['2024-11-03T23:59:00-05:00', '2024-11-04T00:01:00-05:00'],
  ].flat();
  const ids = [...program.spotify.catalogue.tracks.keys()];
  return minutes.map((end, at) => [ids[at * 100] ?? '', end]);
}

/** Two songs of one name. */
function namesakes(): [trackId: string, end: string][] {
  const tracks = [...program.spotify.catalogue.tracks.values()].filter(({ name }) => name !== '');
  const [pair = []] = [...Map.groupBy(tracks, ({ name }) => name).values()].filter(
    (same) => new Set(same.map(({ artistIds: [main] }) => main)).size === 2,
  );
  return pair.slice(0, 2).map(({ id }, at) => [id, `2024-10-30T12:0${at}:00Z`]);
}

/** One recording on two albums. */
function editions(): [trackId: string, end: string][] {
  const { tracks } = program.spotify.catalogue;
  const [first, other] = [...tracks.values()].filter(({ isrc }) => isrc !== null).slice(-2);
  if (first === undefined || other === undefined) throw new Error('There are no recordings.');
  tracks.set(other.id, { ...other, isrc: first.isrc });
  return [first.id, other.id, other.id].map((id, at) => [id, `2024-10-31T12:0${at}:00Z`]);
}

/** The day of a play there, as `2024-10-27`. */
function dayOf(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(ms);
}

type Dates = { readonly since?: string; readonly until?: string; readonly timeZone: string };

/** The plays of a period, by their dates and not by moments. */
function playedIn({ since = '', timeZone, until = '9' }: Dates): SimulatedPlay[] {
  return program.spotify.plays().filter(({ playedAtMs }) => {
    const day = dayOf(playedAtMs, timeZone);
    return since <= day && day.slice(0, until.length) <= until;
  });
}

function toArgs({ since, timeZone, until }: Dates): string[] {
  const [from, to] = [since, until].map((date, at) =>
    date === undefined ? [] : [at === 0 ? '--since' : '--until', date],
  );
  return [...(from ?? []), ...(to ?? []), '--time-zone', timeZone];
}

async function ask(...args: string[]): Promise<unknown> {
  const { code, stderr, stdout } = await program.run(['plays', ...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

type Entry = { name: string; artist: string; plays: number; minutes: number };
type What = 'songs' | 'artists' | 'albums';

type Listen = Pick<Entry, 'name' | 'artist'> & { readonly key: string; readonly ms: number };

/** How a play counts. */
function toListen({ trackId }: SimulatedPlay, what: What): Listen {
  const { albums, artists, tracks } = program.spotify.catalogue;
  const track = getFrom(tracks, trackId);
  const album = getFrom(albums, track.albumId);
  const nameOf = ([main = '']: readonly string[]) => getFrom(artists, main).name;
  const { durationMs: ms, isrc, name } = track;
  const artist = nameOf(track.artistIds);
  if (what === 'songs') return { key: isrc ?? trackId, name, artist, ms };
  if (what === 'artists') return { key: artist, name: artist, artist, ms };
  const byAlbum = { name: album.name, artist: nameOf(album.artistIds) };
  return { key: JSON.stringify(byAlbum), ...byAlbum, ms };
}

function getFrom<Value>(all: ReadonlyMap<string, Value>, id: string): Value {
  const found = all.get(id);
  if (found === undefined) throw new Error(`The catalogue has no ${id}.`);
  return found;
}

/** What `top` must answer, without any SQL. */
function topOf(plays: readonly SimulatedPlay[], what: What, by: 'plays' | 'minutes'): Entry[] {
  // What Spotify has withdrawn has an empty name.
  const listens = plays.map((play) => toListen(play, what)).filter(({ name }) => name !== '');
  const entries = [...Map.groupBy(listens, ({ key }) => key).values()].map((group) => ({
    name: group[0]?.name ?? '',
    artist: group[0]?.artist ?? '',
    plays: group.length,
    ms: group.reduce((total, { ms }) => total + ms, 0),
  }));
  const [first, second] = by === 'plays' ? (['plays', 'ms'] as const) : (['ms', 'plays'] as const);
  const sorted = entries.sort(
    (one, other) =>
      other[first] - one[first] ||
      other[second] - one[second] ||
      Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)),
  );
  return sorted.map(({ ms, ...entry }) => ({ ...entry, minutes: Math.round(ms / 6_000) / 10 }));
}

const PERIODS = [
  { by: 'plays' },
  { since: '2024-10-27', until: '2024-10-27', by: 'minutes' },
  { since: '2024-11-03', until: '2024-11-03', by: 'plays' },
  { since: '2024-10-28', until: '2024-10', by: 'minutes' },
] as const;

describe.each(ZONES)('by the clocks of %s', (timeZone) => {
  test.each(['songs', 'artists', 'albums'] as const)(
    'top %s is what was played, in each period, by plays or by minutes',
    async (what) => {
      for (const { by, ...period } of PERIODS) {
        const plays = playedIn({ ...period, timeZone });
        const args = toArgs({ ...period, timeZone });
        const top = await ask('top', what, '--by', by, '--limit', '1000', ...args);
        expect({ period, by, top }).toEqual({ period, by, top: topOf(plays, what, by) });
      }
    },
  );

  test('list has the plays of a day from its first minute to its last', async () => {
    for (const day of ['2024-10-27', '2024-10-28', '2024-11-03']) {
      const period = { since: day, until: day, timeZone };
      const listed = await ask('list', '--limit', '1000', ...toArgs(period));
      const ends = (listed as { ended_at: string }[]).map(({ ended_at }) => ended_at);
      const truth = playedIn(period).reverse();
      expect(ends).toEqual(truth.map(({ playedAtMs }) => new Date(playedAtMs).toISOString()));
    }
  });
});

test('the days of the two zones differ, and what there is to count has its difficulties', () => {
  const { tracks } = program.spotify.catalogue;
  const [berlin, newYork] = ZONES.map((timeZone) => {
    const day = playedIn({ since: '2024-10-27', until: '2024-10-27', timeZone });
    return day.map(({ playedAtMs }) => playedAtMs);
  });
  const plays = program.spotify.plays();
  const songs = topOf(plays, 'songs', 'plays');

  expect(berlin).not.toEqual(newYork);
  expect(plays.length).toBeGreaterThan(250);
  expect(Number(songs[0]?.plays)).toBeGreaterThan(4);
  expect(songs.length).toBeLessThan(new Set(plays.map(({ trackId }) => trackId)).size);
  expect(plays.some(({ trackId }) => tracks.get(trackId)?.name === '')).toBe(true);
});

test('list names a song that Spotify has withdrawn by its URI', async () => {
  const { tracks } = program.spotify.catalogue;
  const withdrawn = program.spotify.plays().find(({ trackId }) => tracks.get(trackId)?.name === '');

  const { stdout } = await program.run(['plays', 'list', '--limit', '1000']);

  expect(stdout).toContain(`spotify:track:${withdrawn?.trackId}`);
});

describe('leave-out and take-back', () => {
  const run = (...args: string[]) => program.run(['plays', ...args]);

  test('take an artist by name out of statistics and not out of the list', async () => {
    const top = topOf(program.spotify.plays(), 'artists', 'plays');
    const name = top[0]?.name ?? '';
    const listed = await ask('list', '--limit', '1000');

    const left = await run('leave-out', name.toUpperCase());
    const without = await ask('top', 'artists', '--limit', '1000');

    expect(left.stdout).toMatch(/^Left out of statistics:\n {2}.+ {2}\(spotify:artist:\w{22}\)\n$/);
    expect(left.stdout).toContain(name);
    expect(without).toEqual(top.slice(1));
    expect(await ask('list', '--limit', '1000')).toEqual(listed);
    expect((await run('top', 'songs')).stdout).toContain(
      'left out: npx spotify-etl plays leave-out',
    );

    expect((await run('take-back', name)).stdout).toBe('Nothing is left out of statistics.\n');
    expect(await ask('top', 'artists', '--limit', '1000')).toEqual(top);
  });

  test('take a song by its link', async () => {
    const songs = topOf(program.spotify.plays(), 'songs', 'plays');
    const link = await linkOf(songs[0]);

    await run('leave-out', link);
    expect(await ask('top', 'songs', '--limit', '1000')).toEqual(songs.slice(1));
    expect(await ask('leave-out')).toHaveLength(1);

    expect(await ask('take-back', link)).toEqual([]);
    expect(await ask('top', 'songs', '--limit', '1000')).toEqual(songs);
  });

  test('show the choices where a name means several songs, and change nothing', async () => {
    const [first] = namesakes();
    const name = program.spotify.catalogue.tracks.get(first?.[0] ?? '')?.name ?? '';

    const { code, stderr, stdout } = await run('leave-out', name);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [sentence, ...choices] = stderr.trimEnd().split('\n');
    expect(sentence).toBe(`✖ ${name} can mean 2 things. Give the URI of one:`);
    for (const [id] of namesakes()) {
      expect(choices).toContainEqual(expect.stringMatching(`^  spotify:track:${id}  ${name} – `));
    }
    expect(await ask('leave-out')).toEqual([]);
  });

  test('say that nothing goes by a name', async () => {
    expect(await run('leave-out', 'Nobody at all')).toMatchObject({
      code: 2,
      stderr: '✖ No play in the library goes by “Nobody at all”.\n',
    });
    expect(await run('take-back', 'Nobody at all')).toMatchObject({
      code: 2,
      stderr: '✖ Nothing that is left out goes by “Nobody at all”.\n',
    });
  });
});

/** Of the song that is first in the list of the last plays. */
async function linkOf(song: Entry | undefined): Promise<string> {
  const listed = (await ask('list', '--limit', '1000')) as {
    name: string;
    artist: string;
    uri: string;
  }[];
  const { uri = '' } =
    listed.find(({ artist, name }) => name === song?.name && artist === song.artist) ?? {};
  return `https://open.spotify.com/intl-de/track/${uri.split(':')[2]}?si=1`;
}

test('gaps are the times between two polls that nothing connects', async () => {
  expect(await ask('gaps')).toEqual([]);
  const addBurst = async (): Promise<{ after: string; before: string }> => {
    const last = program.spotify.plays().at(-1)?.playedAtMs ?? 0;
    nowMs = last + 86_400_000;
    program.spotify.addPlays(createPlaysJustNow(program.spotify.catalogue, { count: 70, nowMs }));
    await program.run(['plays', 'collect', '--quiet']);
    const oldest = program.spotify.plays().at(-50)?.playedAtMs ?? 0;
    const [after = '', before = ''] = [last, oldest].map((ms) => new Date(ms).toISOString());
    return { after, before };
  };

  const window = await addBurst();
  // The laptop was off for an hour.
  program.query('UPDATE poll SET at = at - 3600000');
  const missed = await addBurst();

  expect(await ask('gaps')).toEqual([
    { ...window, cause: 'window', closed: false },
    { ...missed, cause: 'missed', closed: false },
  ]);
  const { stdout } = await program.run(['plays', 'gaps', '--time-zone', 'UTC']);
  expect(stdout).toMatch(/more was played than Spotify lists.*\n.*nobody asked in time/);
  expect(stdout).toContain(toMinute(window.after));
  expect(stdout).toMatch(/\nThe history begins on 2024-10-25 .*\n$/);
});

const toMinute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const onTerminal = process.platform === 'linux' ? test : test.skip;
onTerminal.each([['top', 'songs'], ['top', 'albums', '--by', 'minutes'], ['list'], ['gaps']])(
  'plays %s %s fits into a terminal of 80 columns',
  (...args) => {
    const { libraryFile } = program;
    const command = ['plays', ...args, '--library', libraryFile]
      .map((each) => `'${each}'`)
      .join(' ');
    const shown = execFileSync(
      'script',
      ['-qec', `stty cols 80; '${process.execPath}' '${CLI}' ${command}`, '/dev/null'],
      {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const widths = shown.split(/\r?\n/).map((line) => line.length);

    expect(shown).toContain('│');
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  },
);
