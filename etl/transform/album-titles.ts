/** What the name of an album says: whether it is an edition of another one, or a work of its own kind. Pure. */
import type { Exclusion } from '../model/albums.ts';

export type AlbumTitle = {
  /** Without edition words, in small letters and without accents. The same for all editions of an album. */
  readonly base: string;
  /** What was taken off, the last first, such as `2011 remaster`. */
  readonly editionWords: readonly string[];
  /** Whether one of these says that the album was published before. */
  readonly isReissue: boolean;
  readonly excluded?: Exclusion;
};

const EDITION =
  /\b(?:deluxe|expanded|extended|special|limited|collector'?s?|anniversary|remaster(?:ed|s)?|re-?issued?|legacy|platinum|gold|bonus|complete|explicit|clean|edited|mono|stereo|tour edition|international|from the vault)\b/;
const REISSUE = /\b(?:remaster(?:ed|s)?|re-?issued?|anniversary|legacy)\b/;

const VOLUME = /^(?:vol(?:ume)?|pt|part)\b\.?\s*(?:\d+|[ivx]+|one|two|three|four|five|six)\b/;
/** Not as a verb: `The World We Live In` is a studio album. */
const LIVE =
  /^live!?$|^live \d|(?<!\b(?:we|i|you|they|to|who|people|and) )\blive (?:at|from|in|on)\b|(?<!\b(?:we|i|you|they|to|who|people|and|let|long)) live!?$|\bin concert$/;

/** Of a bracket, or of what follows a dash or a comma at the end. */
const OWN_WORK_PARTS: readonly (readonly [RegExp, Exclusion])[] = [
  [/'s version\b|\bre-?recorded\b/, 'rerecording'],
  [/\blive\b/, 'live'],
  [/\b(?:unplugged|acoustic)\b/, 'unplugged'],
  [/\bremix(?:es|ed)?\b/, 'remix'],
  [/\binstrumentals?\b/, 'instrumental'],
  [/\bkaraoke\b/, 'karaoke'],
  [/\bdemos?\b/, 'demos'],
  [/\bsessions?\b/, 'sessions'],
  [/\b(?:soundtrack|motion picture|original score)\b/, 'soundtrack'],
  [/\b(?:greatest hits|best of)\b/, 'best_of'],
  [/\b(?:sped[ -]up|slowed)\b/, 'tempo'],
  [VOLUME, 'volume'],
];

/** Anywhere in the name. "Live" and "sessions" alone are not: `Live Through This` is a studio album. */
const OWN_WORK: readonly (readonly [RegExp, Exclusion])[] = [
  [LIVE, 'live'],
  [/\b(?:mtv )?unplugged\b|^acoustic$|\bacoustic (?:album|versions?|sessions?)\b/, 'unplugged'],
  [/\bremixes\b|\bthe remix album\b|\bremixed$/, 'remix'],
  [/\binstrumentals$/, 'instrumental'],
  [/\bkaraoke\b/, 'karaoke'],
  [/\b(?:the|early|home|original) demos\b|\bdemos$/, 'demos'],
  [/\b(?:the|bbc|studio|complete) \w* ?sessions\b/, 'sessions'],
  [/\bsoundtrack\b|\boriginal motion picture\b/, 'soundtrack'],
  [/\bgreatest hits\b|\b(?:the|very) best of\b|^best of\b(?! both\b)/, 'best_of'],
  [/\bsped up\b/, 'tempo'],
  [VOLUME, 'volume'],
  [/\S,? (?:vol(?:ume)?|pt|part)\b\.? ?(?:\d+|[ivx]+|one|two|three|four|five|six)$/, 'volume'],
];

/** A bracket at the end, or what follows a dash with spaces around it. */
const LAST_GROUP = /^(.*\S)\s*(?:\(([^()]*)\)|\[([^[\]]*)\]|\s[-–—]\s(\S[^()[\]]*))$/;

/** Reads the name of an album. A name that is nothing but edition words keeps them: ABBA's `Gold` is a title. */
export function readAlbumTitle(name: string): AlbumTitle {
  let base = normalise(name);
  const editionWords: string[] = [];
  for (let last = splitLast(base); last !== undefined; last = splitLast(base)) {
    const { before, group } = last;
    if (isOwnWork(group) || !EDITION.test(group)) break;
    base = before;
    editionWords.push(group);
  }
  const excluded = findOwnWork(base);
  return {
    base,
    editionWords,
    isReissue: editionWords.some((words) => REISSUE.test(words)),
    ...(excluded && { excluded }),
  };
}

/** The same song has the same title on every edition: without `- 2011 remaster`, but with `(live)`. */
export const toSongTitle = (name: string): string => readAlbumTitle(name).base;

function findOwnWork(title: string): Exclusion | undefined {
  for (let last = splitLast(title); last !== undefined; last = splitLast(last.before)) {
    const { group } = last;
    const found = OWN_WORK_PARTS.find(([words]) => words.test(group));
    if (found !== undefined) return found[1];
  }
  return OWN_WORK.find(([words]) => words.test(title))?.[1];
}

const isOwnWork = (group: string): boolean => OWN_WORK_PARTS.some(([words]) => words.test(group));

function splitLast(title: string): { readonly before: string; readonly group: string } | undefined {
  const [, before = '', ...groups] = LAST_GROUP.exec(title) ?? [];
  const group = groups.find((each) => typeof each === 'string')?.trim();
  return group === undefined ? undefined : { before, group };
}

/** Accents of Latin, Greek and Cyrillic letters go; the marks that make a Japanese syllable another one stay. */
function normalise(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[‘’ʼ]/g, "'")
    .replaceAll(/\s+/g, ' ')
    .trim();
}
