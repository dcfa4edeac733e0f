/** Spotify's scopes, in the words a user is asked with. */
const SCOPES: ReadonlyMap<string, string> = new Map([
  ['playlist-read-private', 'See your private playlists'],
  ['playlist-read-collaborative', 'See your collaborative playlists'],
  ['playlist-modify-public', 'Create, change and follow public playlists for you'],
  ['playlist-modify-private', 'Create, change and follow private playlists for you'],
  ['ugc-image-upload', 'Upload images for your playlists'],
  ['user-read-recently-played', 'See what you played lately'],
  ['user-top-read', 'See your top artists and tracks'],
  ['user-read-playback-position', 'See how far you got in an episode'],
  ['user-read-playback-state', 'See what plays and on which device'],
  ['user-read-currently-playing', 'See what you are playing now'],
  ['user-modify-playback-state', 'Control what plays on your devices'],
  ['app-remote-control', 'Talk to the Spotify app on your device'],
  ['streaming', 'Play music and control playback'],
  ['user-follow-read', 'See whom you follow'],
  ['user-follow-modify', 'Follow and unfollow for you'],
  ['user-library-read', 'See your saved content'],
  ['user-library-modify', 'Change your saved content'],
  ['user-read-email', 'See your e-mail address'],
  ['user-read-private', 'See your subscription and your country'],
]);

export const ALL_SCOPES: readonly string[] = [...SCOPES.keys()];

/** The scopes of a space-separated list, each once; undefined where one does not exist. */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = [...new Set(text.split(' ').filter((scope) => scope !== ''))];
  return scopes.every((scope) => SCOPES.has(scope)) ? scopes : undefined;
}

/** What a scope lets an app do, said to the user. */
export function describeScope(scope: string): string {
  return SCOPES.get(scope) ?? scope;
}
