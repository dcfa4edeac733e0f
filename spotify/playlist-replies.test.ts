import fc from 'fast-check';
import { EtlError } from '../etl/errors.ts';
import { parseItemPage, parsePlaylistReply, parseSnapshotReply } from './playlist-replies.ts';

const TRACK = { id: '11dFghVXANMlKmJXsNCbNl', type: 'track', name: 'Cut To The Feeling' };
const HEAD = { id: '3cEYpjA9oz9GiPac4AsH4n', name: 'Road Trip', snapshot_id: 'AAAAB1' };

/** A page of these entries, read from its first item on. */
function parsePage(page: object, offset = 0): ReturnType<typeof parseItemPage> {
  return parseItemPage({ items: [], total: 0, ...page }, { at: 'page', offset });
}

function parseEntry(entry: unknown): unknown {
  return parsePage({ items: [entry] }).items[0];
}

/** What a broken reply is said to be. */
function brokenPath(parse: () => unknown): unknown {
  try {
    parse();
  } catch (error) {
    if (error instanceof EtlError) return [error.code, error.facts.path];
  }
  return undefined;
}

describe('an entry of a playlist', () => {
  it.each([
    ['item, its name of 2026', { item: TRACK }],
    ['track, its older name', { track: TRACK }],
    ['item, with a track that is only a flag beside', { item: TRACK, track: true, episode: false }],
    ['track, with an item that is null', { item: null, track: TRACK }],
    ['item, with flags inside', { item: { ...TRACK, track: true, episode: false } }],
    ['item without a type', { item: { ...TRACK, type: undefined } }],
    ['item with a type of null', { item: { ...TRACK, type: null } }],
  ])('is a track under %s', (_name, entry) => {
    expect(parseEntry(entry)).toMatchObject({ kind: 'track', track: { id: TRACK.id } });
  });

  it.each([
    ['item is null', { item: null }],
    ['track is null', { track: null }],
    ['both are null', { item: null, track: null }],
    ['there is neither', { added_at: '2020-01-01T00:00:00Z' }],
    ['the entry itself is null', null],
    ['it has no ID', { item: { ...TRACK, id: null } }],
    ['its ID is empty', { item: { ...TRACK, id: '' } }],
    ['the entry is a text', 'x'],
    ['its track is a text', { track: 'x' }],
    ['its type is new', { item: { ...TRACK, type: 'chapter' } }],
  ])('is unavailable where %s', (_case, entry) => {
    expect(parseEntry(entry)).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['the entry says so', { is_local: true, item: { ...TRACK, id: null } }],
    ['the track says so', { item: { ...TRACK, id: null, is_local: true } }],
    ['the entry says so and holds nothing', { is_local: true, item: null }],
    ['it has an ID none the less', { is_local: true, track: TRACK }],
  ])('is a local file where %s', (_case, entry) => {
    expect(parseEntry(entry)).toMatchObject({ kind: 'local' });
  });

  it.each([
    ['an episode', { id: 'ep', type: 'episode', show: { id: 'show' } }],
    [
      'one disguised as a track',
      { id: 'ep', type: 'episode', album: { type: 'show' }, artists: [] },
    ],
  ])('is an episode where it is %s', (_case, item) => {
    expect(parseEntry({ item })).toEqual({ kind: 'episode' });
    expect(parseEntry({ track: item })).toEqual({ kind: 'episode' });
  });

  it('is read the same under both names', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('track', 'episode', 'new', null),
        fc.boolean(),
        (type, is_local) => {
          const content = { ...TRACK, type };
          expect(parseEntry({ is_local, item: { ...content, track: true } })).toEqual(
            parseEntry({ is_local, track: content }),
          );
        },
      ),
    );
  });
});

describe('when and by whom an entry was added', () => {
  const TIME = '2020-09-13T12:26:40Z';

  it('is read of every kind of entry', () => {
    for (const content of [{ item: TRACK }, { item: null }, { is_local: true }, null]) {
      const entry = { ...content, added_at: TIME, added_by: { id: 'ada' } };
      expect(parseEntry(entry)).toMatchObject({ addedAt: 1_600_000_000, addedBy: 'ada' });
    }
  });

  it.each([
    [{ added_at: null, added_by: null }],
    [{}],
    // As lists of years ago have it.
    [{ added_by: { id: '' } }],
  ])('is unknown where Spotify says %j', (entry) => {
    const page = parsePage({ items: [entry] });

    expect(page).toMatchObject({ items: [{ addedAt: undefined, addedBy: undefined }], leftOut: 0 });
  });

  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2020-09-13T14:26:40.700+02:00', 1_600_000_000],
  ])('is %s in seconds since the epoch', (added_at, addedAt) => {
    expect(parseEntry({ added_at })).toMatchObject({ addedAt });
  });

  it.each([
    [{ added_at: 'yesterday' }],
    [{ added_at: 5 }],
    [{ added_at: '1969-12-31T23:59:59Z' }],
    [{ added_by: 'ada' }],
    [{ added_by: { id: 5 } }],
  ])('is left out and counted where it does not fit: %j', (odd) => {
    const page = parsePage({ items: [{ ...odd, item: TRACK }] });

    expect(page.items).toEqual([{ kind: 'track', track: { id: TRACK.id, name: TRACK.name } }]);
    expect(page.leftOut).toBe(1);
  });
});

describe('what is not a track', () => {
  it.each([
    ['episode', { id: 'e', type: 'episode' }],
    ['local', { id: null, is_local: true }],
    ['unavailable', { id: null }],
  ])('keeps its URI and its name: %s', (kind, content) => {
    const kept = { uri: 'spotify:x:y', name: '' };
    expect(parseEntry({ item: { ...content, ...kept } })).toEqual({ kind, ...kept });
  });

  it('is counted once where a value of it does not fit', () => {
    const page = parsePage({ items: [{ item: { id: null, name: 5 } }] });

    expect(page).toMatchObject({ items: [{ kind: 'unavailable' }], leftOut: 1 });
  });
});

describe('a track in a reply', () => {
  it('may have fields that are new, which are passed over', () => {
    const item = { ...TRACK, mood: 'new', album: { id: TRACK.id, colour: 'new' } };

    expect(parseEntry({ item, video_thumbnail: { url: null } })).toEqual({
      kind: 'track',
      track: { id: TRACK.id, name: TRACK.name, album: { id: TRACK.id } },
    });
  });

  it('may lack everything but its ID', () => {
    expect(parseEntry({ item: { id: TRACK.id } })).toEqual({
      kind: 'track',
      track: { id: TRACK.id },
    });
  });

  const { id } = TRACK;
  it.each([
    [{ name: 5 }, {}],
    [{ name: 'x'.repeat(8_193) }, {}],
    [{ duration_ms: '1' }, {}],
    [{ duration_ms: 2 ** 53 }, {}],
    [{ popularity: 1e300 }, {}],
    [{ disc_number: -1 }, {}],
    [{ explicit: 'no' }, {}],
    [{ external_ids: [] }, {}],
    [{ external_ids: { isrc: 7 } }, { external_ids: {} }],
    [{ external_urls: 'https://x' }, {}],
    [{ artists: 'ABBA' }, { artists: null }],
    [{ artists: [{ id }, 'b'] }, { artists: [{ id }] }],
    [{ artists: [{ id: '__proto__', name: 'x' }] }, { artists: [{ name: 'x' }] }],
    [{ album: [] }, {}],
    [{ album: { id: ' ' } }, { album: {} }],
    [{ album: { images: [{ url: null }, { url: 'u' }] } }, { album: { images: [{ url: 'u' }] } }],
    [{ album: { release_date: 2001 } }, { album: {} }],
  ])('loses an optional value that does not fit, counted, and nothing else: %j', (odd, kept) => {
    const page = parsePage({ items: [{ item: { id, ...odd } }] });

    expect(page.items).toEqual([{ kind: 'track', track: { id, ...kept } }]);
    expect(page.leftOut).toBe(1);
    expect(parsePage({ items: [{ item: { id } }] }).leftOut).toBe(0);
  });

  it('without a usable ID is unavailable', () => {
    for (const odd of [5, ' ', '__proto__', `${id}x`, '\u0000'.repeat(22), [id]]) {
      expect(parseEntry({ item: { ...TRACK, id: odd } })).toMatchObject({ kind: 'unavailable' });
    }
  });
});

describe('a page', () => {
  it('says what it holds, how many there are and whether more follow', () => {
    const next = 'https://api.spotify.com/v1/playlists/x/items?offset=100&limit=50';
    const page = parsePage({ items: [{ item: TRACK }], total: 57, next });

    expect(page).toMatchObject({ total: 57, hasNext: true, nextLimit: 50 });
    expect(parsePage({ next: null }).hasNext).toBe(false);
    expect(parsePage({}).hasNext).toBe(false);
  });

  it.each([
    ['what next proposes', { next: 'https://x/?offset=100&limit=20', limit: 100 }, 20],
    ['the limit of this page where next proposes none', { next: 'https://x/', limit: 30 }, 30],
    ['the limit of this page where there is no next', { next: null, limit: 30 }, 30],
    ['at most 100, whatever next proposes', { next: 'https://x/?limit=9999' }, 100],
    ['at most 100, whatever this page had', { limit: 9999 }, 100],
    ['50 where nobody says', {}, 50],
    ['50 where next is no address and nobody says', { next: '/v1?limit=7' }, 50],
    ['50 where next proposes nonsense', { next: 'https://x/?limit=-1' }, 50],
    ['50 where this page had a limit of 0', { limit: 0 }, 50],
    ['50 where this page had a negative limit', { limit: -5 }, 50],
    ['50 where this page had half a limit', { limit: 0.5 }, 50],
  ])('offers for the page after it %s', (_rule, page, nextLimit) => {
    expect(parsePage(page).nextLimit).toBe(nextLimit);
  });

  it('always offers a size a page can have', () => {
    const next = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.string(),
      fc
        .oneof(fc.string(), fc.double().map(String))
        .map((limit) => `https://x/?limit=${encodeURIComponent(limit)}`),
    );
    fc.assert(
      fc.property(
        next,
        fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        (link, limit) => {
          const { nextLimit } = parsePage({ next: link, limit });
          expect(Number.isInteger(nextLimit) && nextLimit >= 1 && nextLimit <= 100).toBe(true);
        },
      ),
    );
  });

  it('is refused where it starts at another place than it was asked for', () => {
    expect(brokenPath(() => parsePage({ offset: 50 }, 100))).toEqual([
      'SPOTIFY_RESPONSE_INVALID',
      'page.offset',
    ]);
    expect(parsePage({ offset: 100 }, 100).items).toEqual([]);
    expect(parsePage({ offset: null }, 100).items).toEqual([]);
  });

  it.each([
    [null, 'page'],
    ['<html>', 'page'],
    [{ total: 1 }, 'page.items'],
    [{ items: Array.from({ length: 1_001 }, () => null), total: 1_001 }, 'page.items'],
    [{ items: [] }, 'page.total'],
    [{ items: [], total: '1' }, 'page.total'],
  ])('that breaks its shape is refused by its path', (body, path) => {
    const parse = (): unknown => parseItemPage(body, { at: 'page', offset: 0 });

    expect(brokenPath(parse)).toEqual(['SPOTIFY_RESPONSE_INVALID', path]);
  });

  it('of whatever JSON is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (body, entry) => {
        for (const page of [
          body,
          { items: [entry, { item: entry }, { track: entry }], total: 3 },
        ]) {
          try {
            parseItemPage(page, { at: 'page', offset: 0 });
          } catch (error) {
            expect(error).toMatchObject({ code: 'SPOTIFY_RESPONSE_INVALID' });
          }
        }
      }),
    );
  });
});

describe('a playlist reply', () => {
  const page = { items: [{ item: TRACK }], total: 1, next: null };

  it.each([
    ['items, its name of 2026', { items: page }],
    ['tracks, its older name', { tracks: page }],
    ['tracks, where items is null', { items: null, tracks: page }],
    ['items, where tracks is null', { items: page, tracks: null }],
  ])('holds its first page under %s', (_name, pages) => {
    const { metadata, firstPage } = parsePlaylistReply({ ...HEAD, ...pages });

    expect(metadata).toEqual(HEAD);
    expect(firstPage).toMatchObject({ total: 1, hasNext: false, items: [{ kind: 'track' }] });
  });

  it.each([
    ['neither', {}],
    ['null for both', { items: null, tracks: null }],
    ['only a link and a count', { items: { href: 'https://x', total: 57 } }],
    ['only a link and a count by the older name', { tracks: { href: 'https://x', total: 57 } }],
  ])('shows a list of others as metadata only where it has %s', (_case, pages) => {
    expect(parsePlaylistReply({ ...HEAD, ...pages })).toEqual({ metadata: HEAD, leftOut: 0 });
  });

  it('of an empty list has a page with nothing in it', () => {
    const empty = { items: [], total: 0, next: null };

    expect(parsePlaylistReply({ ...HEAD, items: empty }).firstPage).toMatchObject({
      items: [],
      total: 0,
    });
  });

  it.each([
    [{ ...HEAD, snapshot_id: undefined }, 'playlist.snapshot_id'],
    [{ ...HEAD, snapshot_id: '' }, 'playlist.snapshot_id'],
    [{ ...HEAD, id: 5 }, 'playlist.id'],
    [{ ...HEAD, items: 'x' }, 'playlist.items'],
    [{ ...HEAD, items: { items: null, total: 1 } }, 'playlist.items.items'],
    [[], 'playlist'],
  ])('that breaks its shape is refused by its path', (body, path) => {
    expect(brokenPath(() => parsePlaylistReply(body))).toEqual(['SPOTIFY_RESPONSE_INVALID', path]);
  });
});

describe('a snapshot reply', () => {
  it('is the mark alone', () => {
    expect(parseSnapshotReply({ snapshot_id: 'AAAAB1' })).toBe('AAAAB1');
    expect(brokenPath(() => parseSnapshotReply({}))).toEqual([
      'SPOTIFY_RESPONSE_INVALID',
      'playlist.snapshot_id',
    ]);
  });
});
