/** Plays as text: CSV, JSON, JSON lines, and the JSON lines that ListenBrainz imports. */
import type { ExportedPlay, PlayWithLength } from '../../app/library.ts';
import {
  type CsvOptions,
  csvForm,
  JSON_FORM,
  JSONL_FORM,
  type TextForm,
} from '../shared/text-form.ts';

export type TextFormat = 'csv' | 'json' | 'jsonl';

/** In the order of the files. */
export const COLUMNS = [
  ...(['ended_at', 'name', 'artist', 'album', 'uri', 'kind', 'ms_played', 'counted'] as const),
  ...(['source', 'context_uri', 'reason_start', 'reason_end', 'skipped', 'shuffle'] as const),
  ...(['offline', 'incognito', 'device', 'country'] as const),
] satisfies readonly (keyof ExportedPlay)[];

export function playsForm(format: TextFormat, options: CsvOptions): TextForm<PlayWithLength> {
  if (format === 'csv') {
    const form = csvForm(COLUMNS, options);
    return { ...form, toText: (plays) => form.toText(plays.map(([play]) => play)) };
  }
  const form = format === 'json' ? JSON_FORM : JSONL_FORM;
  const toText = (plays: readonly PlayWithLength[]) =>
    form.toText(plays.map(([play]) => JSON.stringify(play)));
  return { ...form, toText };
}

/** Calls back with the number of plays that it leaves out. */
export function listenBrainzForm(onLeftOut: (plays: number) => void): TextForm<PlayWithLength> {
  return {
    toText: (plays) => {
      const listens = plays.flatMap((play) => toListen(play) ?? []);
      onLeftOut(plays.length - listens.length);
      return JSONL_FORM.toText(listens.map((listen) => JSON.stringify(listen)));
    },
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
