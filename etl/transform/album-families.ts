/** Which albums are versions of one album. Spotify does not say, so their names and their songs do. Pure. */
import type { AlbumFamily, Exclusion, FamilyMember, KnownAlbum } from '../model/albums.ts';
import type { AlbumRecord } from '../model/records.ts';
import { type AlbumTitle, readAlbumTitle, toSongTitle } from './album-titles.ts';

/** So many of the songs of the shorter one must be on the longer one. */
const SAME_ALBUM = 0.8;

/** Families in the order of artists as given, then of date. */
export function toAlbumFamilies(albums: readonly KnownAlbum[]): AlbumFamily[] {
  const artists = [...new Set(albums.map(({ artistId }) => artistId))];
  const titled = albums.map((album) => ({ album, title: readAlbumTitle(nameOf(album)) }));
  const byKey = Map.groupBy(titled, ({ album, title }) => `${album.artistId} ${title.base}`);
  const families = [...byKey].flatMap(([key, versions]) => splitWorks(key, versions));
  return families.sort(
    (one, other) =>
      artists.indexOf(one.artistId) - artists.indexOf(other.artistId) ||
      compareMembers(one.representative, other.representative),
  );
}

/** Why an album is left out for its kind, as a listing tells; such an album need not be measured. */
export function findExclusion({ album }: Pick<KnownAlbum, 'album'>): Exclusion | undefined {
  const { album_release_date: date = '0000', album_type: type } = album;
  if (nameOf({ album }).trim() === '') return 'no_name';
  const { excluded } = readAlbumTitle(nameOf({ album }));
  if (excluded !== undefined) return excluded;
  if (type === 'compilation' || type === 'single') return type;
  return /^[1-9]/.test(date) ? undefined : 'no_date';
}

type Version = { readonly album: KnownAlbum; readonly title: AlbumTitle };

/** Albums of one name are several works if their songs differ, like four that are all called `Peter Gabriel`. */
function splitWorks(key: string, versions: readonly Version[]): AlbumFamily[] {
  const inOrder = versions.map(toMember).sort(compareMembers);
  const works: [FamilyMember, ...FamilyMember[]][] = [];
  for (const member of inOrder) {
    const compared = works.map((work) => ({ work, overlap: findOverlap(work[0], member) }));
    const own = compared.find(({ overlap = 1 }) => overlap >= SAME_ALBUM);
    if (own === undefined) works.push([member]);
    else own.work.push({ ...member, ...(own.overlap !== undefined && { overlap: own.overlap }) });
  }
  const [base = ''] = versions.map(({ title }) => title.base);
  return works.map((members, at) =>
    toFamily(members, { key: at === 0 ? key : `${key} ${at + 1}`, baseTitle: base }),
  );
}

function toFamily(
  members: readonly [FamilyMember, ...FamilyMember[]],
  names: Pick<AlbumFamily, 'key' | 'baseTitle'>,
): AlbumFamily {
  const { album_release_date: releaseDate = '0000' } = members[0].album;
  // A year alone can be any day of it.
  const earliest = members.filter(({ album: { album_release_date: date = '' } }) =>
    releaseDate.startsWith(date === '' ? '0000' : date),
  );
  const [representative = members[0]] = earliest.sort(compareVersions);
  const excluded =
    findExclusion(representative) ??
    (representative.album.album_duration ? undefined : 'not_measured');
  return {
    ...names,
    artistId: representative.artistId,
    representative,
    releaseDate,
    members,
    ...(excluded && { excluded }),
    isYearUncertain: earliest.every(({ isReissue }) => isReissue),
  };
}

function toMember({ album, title }: Version): FamilyMember {
  return { ...album, editionWords: title.editionWords, isReissue: title.isReissue };
}

/** Undefined if the songs of one are not known; then the names decide. */
function findOverlap(one: FamilyMember, other: FamilyMember): number | undefined {
  const [shorter = [], longer = []] = [one, other]
    .map(({ trackNames }) => trackNames.map(toSongTitle))
    .sort((left, right) => left.length - right.length);
  if (shorter.length === 0) return undefined;
  const left = [...longer];
  const shared = shorter.filter((title) => {
    const at = left.indexOf(title);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
  return shared.length / shorter.length;
}

function compareMembers(one: FamilyMember, other: FamilyMember): number {
  return (
    compareText(sortableDate(one.album), sortableDate(other.album)) || compareVersions(one, other)
  );
}

/** Which of two of the same day stands for the album: the one with fewer tracks; explicit before clean. */
function compareVersions(one: FamilyMember, other: FamilyMember): number {
  return (
    (one.album.album_num_tracks ?? 0) - (other.album.album_num_tracks ?? 0) ||
    Number(other.isExplicit) - Number(one.isExplicit) ||
    Number(one.isReissue) - Number(other.isReissue) ||
    compareText(one.album.album_id, other.album.album_id)
  );
}

/** A year alone comes after all days of that year; an unknown date last. */
function sortableDate({ album_release_date: date = '0000' }: AlbumRecord): string {
  return /^[1-9]/.test(date) ? `${date}-99-99`.slice(0, 'YYYY-MM-DD'.length) : '9999-99-99';
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const nameOf = ({ album }: Pick<KnownAlbum, 'album'>): string => album.album_name ?? '';
