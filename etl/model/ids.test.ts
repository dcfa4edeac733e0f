import fc from 'fast-check';
import {
  isLikedSongs,
  isSpotifyMade,
  playlistRefSchema,
  SPOTIFY_ID_PATTERN,
  toLikedSongsId,
  toPlaylistUri,
} from './ids.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const BASE_62 = Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const spotifyIds = fc.string({
  unit: fc.constantFrom(...BASE_62),
  minLength: 22,
  maxLength: 22,
});

describe('a playlist reference', () => {
  it.each([
    ['a bare ID', ID],
    ['a URI', `spotify:playlist:${ID}`],
    ['a link', `https://open.spotify.com/playlist/${ID}`],
    ['a link with the share token', `https://open.spotify.com/playlist/${ID}?si=0123abcd&pt=x`],
    ['a link with a fragment', `https://open.spotify.com/playlist/${ID}#top`],
    ['a link with a slash at its end', `https://open.spotify.com/playlist/${ID}/`],
    ['a link in another language', `https://open.spotify.com/intl-de/playlist/${ID}?si=1`],
    ['a pasted one with blanks around it', `  \tspotify:playlist:${ID}\r\n`],
    ['one with zero-width characters around it', `\u200b\ufeffspotify:playlist:${ID}\u200b`],
    ['one in angle brackets', `<https://open.spotify.com/playlist/${ID}>`],
    ['the URI of old', `spotify:user:somebody:playlist:${ID}`],
    ['a URI with the share token', `spotify:playlist:${ID}?si=0123abcd`],
    ['a URI in capitals', `SPOTIFY:PLAYLIST:${ID}`],
    ['the link of old', `https://open.spotify.com/user/somebody/playlist/${ID}`],
    ['a link to the player', `https://open.spotify.com/embed/playlist/${ID}?utm_source=x`],
    ['a link without encryption', `http://open.spotify.com/playlist/${ID}`],
    ['a link in capitals', `HTTPS://Open.Spotify.com/playlist/${ID}`],
    ['a link without a scheme', `open.spotify.com/playlist/${ID}`],
  ])('is accepted as %s', (_form, ref) => {
    expect(playlistRefSchema.parse(ref)).toBe(ID);
  });

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['an ID too short', ID.slice(1)],
    ['an ID too long', `${ID}x`],
    ['an ID with a letter outside base 62', `${ID.slice(1)}-`],
    ['an ID of other digits', '٣'.repeat(22)],
    ['the URI of a track', `spotify:track:${ID}`],
    ['a link to an album', `https://open.spotify.com/album/${ID}`],
    ['a link to another host', `https://open.spotify.com.example.org/playlist/${ID}`],
    ['a link with a user in it', `https://open.spotify.com@example.org/playlist/${ID}`],
    ['a link with a path behind the ID', `https://open.spotify.com/playlist/${ID}/../me`],
    ['an ID on the second line', `x\n${ID}`],
    ['an ID with a line behind it', `${ID}\nx`],
    ['a link with a line in its query', `https://open.spotify.com/playlist/${ID}?si=1\nx`],
    [
      'a link of more than 512 characters',
      `https://open.spotify.com/playlist/${ID}?si=${'x'.repeat(512)}`,
    ],
  ])('is refused as %s', (_form, ref) => {
    expect(playlistRefSchema.safeParse(ref).success).toBe(false);
  });

  it.each([
    ['https://spotify.link/AbCdEf123', 'short link'],
    [`https://open.spotify.com/album/${ID}`, 'names a Spotify album'],
    [`spotify:track:${ID}`, 'names a Spotify track'],
    ['my list', 'It must be spotify:playlist:<id>'],
  ])('that is refused says what to do: %s', (ref, message) => {
    expect(playlistRefSchema.safeParse(ref).error?.issues[0]?.message).toContain(message);
  });

  it('yields the same ID in every form', () => {
    fc.assert(
      fc.property(spotifyIds, (id) => {
        const forms = [id, toPlaylistUri(id), `https://open.spotify.com/playlist/${id}?si=x`];
        expect(forms.map((ref) => playlistRefSchema.parse(ref))).toEqual([id, id, id]);
      }),
    );
  });

  it('is refused, not thrown at, whatever else it is', () => {
    const nearMisses = fc
      .tuple(fc.string({ unit: 'binary' }), spotifyIds, fc.string({ unit: 'binary' }))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.webUrl(), nearMisses), (ref) => {
        const { success, data } = playlistRefSchema.safeParse(ref);
        // What parses is an ID and was in what was given: nothing else can reach a path of a URL.
        expect(!success || (SPOTIFY_ID_PATTERN.test(data) && String(ref).includes(data))).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the ID of Liked Songs', () => {
  it('is no reference to a playlist, and has a URI of its own', () => {
    const id = toLikedSongsId('ada#1');

    expect(isLikedSongs(id) && isLikedSongs('liked')).toBe(true);
    expect(isLikedSongs(ID) || isLikedSongs('likedSongs')).toBe(false);
    expect(playlistRefSchema.safeParse(id).success).toBe(false);
    expect(toPlaylistUri(id)).toBe('spotify:user:ada#1:collection');
  });
});

describe('isSpotifyMade', () => {
  it('knows the lists Spotify makes itself by the first letters of their ID', () => {
    expect(isSpotifyMade('37i9dQZEVXcQ9COmYvdajy')).toBe(true);
    expect(isSpotifyMade(ID)).toBe(false);
    expect(isSpotifyMade('x37i9dQZEVXcQ9COmYvdaj')).toBe(false);
  });
});
