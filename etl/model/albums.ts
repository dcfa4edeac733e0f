/** What a report on the length of albums is made of. */
import type { AlbumRecord } from './records.ts';

/** The albums of an artist in a market. */
export type AlbumListing = {
  readonly artistId: string;
  readonly market: string;
  /** Album IDs in Spotify's order. */
  readonly albums: readonly string[];
  /** ISO 8601: when the whole list was last read. */
  readonly listedAt: string;
  /** ISO 8601: when it was last seen that the list is still the same. */
  readonly checkedAt: string;
};

/** A stored album of an artist that is reported on. */
export type KnownAlbum = {
  /** The artist whose listing has it; the first of the report, if several have it. */
  readonly artistId: string;
  readonly album: AlbumRecord;
  /** Of a measured album, one that has a duration. */
  readonly trackNames: readonly string[];
  readonly isExplicit: boolean;
};

/** Why a family is left out of the trend. The text is what the report says. */
export const EXCLUSIONS = {
  live: 'live recordings',
  unplugged: 'unplugged and acoustic recordings',
  remix: 'remixes',
  instrumental: 'instrumental versions',
  karaoke: 'karaoke versions',
  demos: 'demos',
  sessions: 'sessions',
  soundtrack: 'soundtracks',
  best_of: 'best-of collections',
  compilation: 'compilations',
  rerecording: 'new recordings of an earlier album',
  volume: 'volumes and parts',
  tempo: 'sped up and slowed versions',
  single: 'singles and EPs',
  no_name: 'albums without a name (taken down)',
  no_date: 'albums without a date',
  not_measured: 'albums whose tracks are not read yet, or cannot be',
  year_uncertain:
    'reissues whose original Spotify does not have: their year is that of the reissue',
} as const;

export type Exclusion = keyof typeof EXCLUSIONS;

/** One member of a family, and how it came into it. */
export type FamilyMember = KnownAlbum & {
  /** The words that were taken off its name, such as `deluxe edition`. */
  readonly editionWords: readonly string[];
  readonly isReissue: boolean;
  /** How many of the shorter one's songs the longer one has, compared with the representative, 0 to 1; absent without a comparison. */
  readonly overlap?: number;
};

/** All versions of one album. */
export type AlbumFamily = {
  /** The artist's ID, the name without edition words, and a number where several works have that name. */
  readonly key: string;
  readonly artistId: string;
  readonly baseTitle: string;
  /** Its length is that of the family. */
  readonly representative: FamilyMember;
  /** Of the earliest member: `1981`, `1981-12`, `1981-12-15`; `0000` if unknown. */
  readonly releaseDate: string;
  /** By date. */
  readonly members: readonly FamilyMember[];
  readonly excluded?: Exclusion;
  /** Its earliest members are all reissues, so the date is not that of the work. */
  readonly isYearUncertain: boolean;
};

/** How the response to an artist begins that is not asked for again until a person empties that cell. */
export const FAILED_ARTIST = 'failed: ';
