import { ERRORS, EtlError } from '../../etl/errors.ts';
import type { IngestSummary } from '../../etl/model/summaries.ts';
import { ERROR_CODES } from '../../test/support/error-codes.ts';
import { type Repair, repairPlaylists } from './repair.ts';

const PLAYLISTS = ['a', 'b', 'c'].map((id) => ({ id }));
const SUMMARY: IngestSummary = {
  status: 'loaded',
  message: 'loaded',
  ...{ playlist_id: 'a', playlist_uri: 'u', playlist_name: 'n', snapshot_id: 's' },
  counts: {
    ...{ items: 1, tracks: 1, albums: 1, artists: 1 },
    ...{ episodes: 0, local: 0, unavailable: 0, repeats: 0 },
  },
  written: { playlist: 1, track: 0, album: 0, artist: 0 },
  unchanged: { track: 1, album: 1, artist: 1 },
};

type Ingest = Parameters<typeof repairPlaylists>[0]['ingestPlaylist'];

/** Fails for playlist b, if at all. */
function appOf(failure?: EtlError): { asked: unknown[]; ingestPlaylist: Ingest } {
  const asked: unknown[] = [];
  return {
    asked,
    ingestPlaylist: (id, _run, options) => {
      asked.push([id, options]);
      return id === 'b' && failure !== undefined
        ? Promise.reject(failure)
        : Promise.resolve(SUMMARY);
    },
  };
}

const NEVER = new AbortController().signal;

async function repair(app: ReturnType<typeof appOf>, signal = NEVER): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for await (const one of repairPlaylists(app, PLAYLISTS, signal)) repairs.push(one);
  return repairs;
}

describe('a repair', () => {
  it('loads every playlist although it is the one stored', async () => {
    const app = appOf();

    expect((await repair(app)).map(({ isLoaded }) => isLoaded)).toEqual([true, true, true]);
    expect(app.asked).toEqual(['a', 'b', 'c'].map((id) => [id, { isForced: true }]));
  });

  it.each(ERROR_CODES.filter((code) => ERRORS[code].kind !== 'stop'))(
    'goes on after what concerns one playlist: %s',
    async (code) => {
      const repairs = await repair(appOf(new EtlError(code, 'not this one')));

      expect(repairs.map((one) => one.code)).toEqual([undefined, code, undefined]);
    },
  );

  it.each(ERROR_CODES.filter((code) => ERRORS[code].kind === 'stop'))(
    'ends at what concerns all of them: %s',
    async (code) => {
      const failure = new EtlError(code, 'none');
      const app = appOf(failure);

      await expect(repair(app)).rejects.toBe(failure);
      expect(app.asked).toHaveLength(2);
    },
  );

  it('begins no further playlist once it is stopped', async () => {
    const app = appOf();

    expect(await repair(app, AbortSignal.abort())).toEqual([]);
    expect(app.asked).toEqual([]);
  });
});
