/** Rows without end, made as they are asked for: what an export of a large table reads. */
import { createHash } from 'node:crypto';
import type { TableReader } from '../../app/app.ts';
import type { TrackRecord } from '../../etl/model/records.ts';

const PAGE_ROWS = 500;
const NAMES = ['Loud Balcony', '=SUM(A1)', 'a "quoted", name', 'two\nlines', 'Ä 東京 🎵', ''];

/** Looks as an ID of Spotify's does, in no order. */
function generateId(kind: string, index: number): string {
  return createHash('sha256').update(`${kind} ${index}`).digest('hex').slice(0, 22);
}

/** The track of a number: always the same one. */
export function generateTrack(index: number): TrackRecord {
  const id = generateId('track', index);
  return {
    track_id: id,
    track_uri: `spotify:track:${id}`,
    track_url: `https://open.spotify.com/track/${id}`,
    track_name: `${NAMES[index % NAMES.length] ?? ''} ${index}`,
    track_duration: 100_000 + (index % 300_000),
    track_explicit: index % 7 === 0,
    track_isrc: `ZZK1G${index}`,
    track_disc_number: 1,
    track_number: 1 + (index % 20),
    track_album: generateId('album', index % 100_000),
    track_artists: [generateId('artist', index % 50_000), generateId('artist', index % 49_999)],
  };
}

/** Tables of this many tracks each, in pages as large as a scan's. */
export function createGeneratedReader(
  rows: number,
  toIndex: (position: number) => number = (position) => position,
): Omit<TableReader, 'close'> {
  return {
    countRowsAbout: () => Promise.resolve(rows),
    readUnits: () => 0,
    // eslint-disable-next-line @typescript-eslint/require-await -- a table in memory, where others are read
    listPages: async function* () {
      for (let start = 0; start < rows; start += PAGE_ROWS) {
        const length = Math.min(PAGE_ROWS, rows - start);
        yield Array.from({ length }, (_, index) => generateTrack(toIndex(start + index)));
      }
    },
  };
}
