import { type SeededRandom } from './seeded-random.ts';

const ADJECTIVES = (
  'Amber Quiet Paper Velvet Distant Hollow Golden Northern Electric Slow Silver Restless Gentle ' +
  'Wooden Midnight Copper Wandering Salted Lunar Patient Painted Hidden Early Last Second Loud ' +
  'Borrowed Tender Crooked Faded'
).split(' ');
const NOUNS = (
  'Harbor Lantern River Window Garden Signal Meadow Engine Orchard Mirror Compass Station Winter ' +
  'Kettle Valley Lighthouse Sparrow Letter Bridge Machine Ocean Balcony Pocket Canyon Piano Ladder ' +
  'Morning Tram Anchor Thunder Cinnamon Atlas'
).split(' ');
const FIRST_NAMES = (
  'Ada Bruno Cleo Dario Elin Farid Greta Hiro Imani Jonas Katya Lior Maren Nadia Otto Priya Quinn ' +
  'Rosa Sami Tove Uma Viktor Wren Yara Zeno'
).split(' ');
const LAST_NAMES = (
  'Halloway Brandt Okoro Lindqvist Marchetti Navarro Petrov Quill Rasmussen Sato Thornbury Ueda ' +
  'Vance Whitlock Yilmaz Zorn Abernathy Castellan Dubrow Ekstrand'
).split(' ');
const GROUP_ENDINGS = ['Trio', 'Collective', 'Ensemble', 'Brothers', 'Sisters', 'Club', 'Society'];
const TRACK_ENDINGS = [' - Live', ' (Remix)', ' - Acoustic', ' (Interlude)', ' - 2011 Remaster'];
const MOODS = 'Morning Evening Sunday Rainy Focus Kitchen Gym Roadside Campfire Study'.split(' ');
const PLAYLIST_ENDINGS = ['Mix', 'Favourites', 'Vol. 2', '2019', 'Sessions', 'Songs', 'Forever'];

/** Names that break careless programs: scripts, direction, normal forms, formulas, length, blanks. */
export const ODD_NAMES: readonly string[] = [
  'שירים של ים',
  'ليلة على الساحل',
  'mixed שלום and مرحبا',
  '夜の電車',
  '도시의 불빛',
  'Полночный трамвай',
  'Cafe\u0301 Me\u0301lange',
  'Ångström — «Øre» & Straße',
  'Summer 🌴☀️',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '=IMPORTXML("https://example.com/","//a")',
  '=1+1',
  '+49 Calling',
  '-Minus-',
  '@home',
  'Comma, "quote" and ; semicolon',
  "It's 100% <b>bold</b> & co",
  'Two\nlines\tand a tab',
  '  spaces around  ',
  'zero\u200Bwidth \u202Ereversed\u202C',
  'null',
  `${'A very long name that goes on '.repeat(12)}and on`,
];

const ODD_PERCENT = 2;

function oddOr(random: SeededRandom, plain: () => string): string {
  return random.percent(ODD_PERCENT) ? random.pick(ODD_NAMES) : plain();
}

/** Mostly plain; now and then one of `ODD_NAMES`, as for albums and tracks. */
export function createArtistName(random: SeededRandom): string {
  return oddOr(random, () => {
    if (random.percent(45)) return createPersonName(random);
    const group = `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}`;
    if (random.percent(35)) return `The ${group}s`;
    return random.percent(40) ? `${group} ${random.pick(GROUP_ENDINGS)}` : group;
  });
}

export function createPersonName(random: SeededRandom): string {
  return `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
}

export function createAlbumName(random: SeededRandom): string {
  return oddOr(random, () =>
    random.percent(50)
      ? `${random.pick(NOUNS)} & ${random.pick(NOUNS)}`
      : `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}s`,
  );
}

export function createTrackName(random: SeededRandom): string {
  return oddOr(random, () => {
    const ending = random.percent(12) ? random.pick(TRACK_ENDINGS) : '';
    if (random.percent(30)) return `${random.pick(NOUNS)} for ${random.pick(FIRST_NAMES)}${ending}`;
    return `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}${ending}`;
  });
}

export function createPlaylistName(random: SeededRandom): string {
  return `${random.pick(MOODS)} ${random.pick(NOUNS)} ${random.pick(PLAYLIST_ENDINGS)}`;
}

export function createEpisodeName(random: SeededRandom): string {
  return `Episode ${random.integer(1, 400)}: ${random.pick(NOUNS)} and ${random.pick(NOUNS)}`;
}

export function createShowName(random: SeededRandom): string {
  return `The ${random.pick(ADJECTIVES)} ${random.pick(NOUNS)} Hour`;
}
