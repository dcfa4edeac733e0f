/** Plays as text: CSV, JSON lines, and the JSON lines that ListenBrainz imports. */
import { type Options, stringify } from 'csv-stringify/sync';
import type { ExportedPlay, PlayWithLength } from '../../app/library.ts';

export type TextFormat = 'csv' | 'jsonl' | 'listenbrainz';

/** How a page of plays becomes text. */
export type TextWriter = {
  readonly head: string;
  readonly toText: (plays: readonly PlayWithLength[]) => string;
  /** How many plays it has left out so far. */
  readonly leftOut: () => number;
};

/** In the order of the files. */
export const COLUMNS = [
  ...(['ended_at', 'name', 'artist', 'album', 'uri', 'kind', 'ms_played', 'counted'] as const),
  ...(['source', 'context_uri', 'reason_start', 'reason_end', 'skipped', 'shuffle'] as const),
  ...(['offline', 'incognito', 'device', 'country'] as const),
] satisfies readonly (keyof ExportedPlay)[];

export function createTextWriter(
  format: TextFormat,
  { spreadsheet }: { readonly spreadsheet: boolean },
): TextWriter {
  switch (format) {
    case 'csv':
      return createCsvWriter(spreadsheet);
    case 'jsonl':
      return {
        head: '',
        toText: (plays) => toLines(plays.map(([play]) => play)),
        leftOut: () => 0,
      };
    case 'listenbrainz':
      return createListenBrainzWriter();
  }
}

function createCsvWriter(spreadsheet: boolean): TextWriter {
  const options: Options = {
    columns: [...COLUMNS],
    cast: { boolean: String },
    record_delimiter: '\n',
    // An empty text is quoted, an absent value is not. Some readers end a row at a bare CR.
    quoted_match: /^$|\r/,
    escape_formulas: spreadsheet,
  };
  return {
    // Without the mark, Excel reads UTF-8 in the system's code page.
    head: `${spreadsheet ? '\uFEFF' : ''}${COLUMNS.join(',')}\n`,
    toText: (plays) =>
      stringify(
        plays.map(([play]) => play),
        options,
      ),
    leftOut: () => 0,
  };
}

function createListenBrainzWriter(): TextWriter {
  let leftOut = 0;
  return {
    head: '',
    toText: (plays) => {
      const listens = plays.flatMap((play) => toListen(play) ?? []);
      leftOut += plays.length - listens.length;
      return toLines(listens);
    },
    leftOut: () => leftOut,
  };
}

/** Its times are those of the start. */
function toListen([play, durationMs]: PlayWithLength): object | undefined {
  const { album, artist, ended_at, ms_played, name, uri } = play;
  if (!isForListenBrainz(play)) return undefined;
  const heardMs = ms_played ?? durationMs ?? 0;
  return {
    listened_at: Math.floor((Date.parse(ended_at) - heardMs) / 1000),
    track_metadata: {
      artist_name: artist,
      track_name: name,
      ...(isFilled(album) && { release_name: album }),
      additional_info: {
        spotify_id: toTrackUrl(uri),
        ...(durationMs !== null && { duration_ms: durationMs }),
        music_service: 'spotify.com',
        submission_client: 'spotify-etl',
      },
    },
  };
}

/** What is sent there is public, so nothing that was played in private. */
function isForListenBrainz({ artist, counted, incognito, kind, name }: ExportedPlay): boolean {
  const isSong = kind === 'track' && isFilled(name) && isFilled(artist);
  return isSong && counted && incognito !== true;
}

/** ListenBrainz takes the address of a track for its ID. */
function toTrackUrl(uri: string): string {
  return `https://open.spotify.com/track/${uri.slice('spotify:track:'.length)}`;
}

function isFilled(text: string | null): boolean {
  return text !== null && text !== '';
}

function toLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
