/** The scopes that each feature needs. */
import { parseList } from '../shared/command.ts';

/** Only Liked Songs need it. Logins of older versions lack it. */
export const LIKED_SONGS_SCOPE = 'user-library-read';

/** Only the listening history needs it. */
export const LISTENING_SCOPE = 'user-read-recently-played';

/** Which one a list needs depends on whether it is public. */
export const SYNC_SCOPES = ['playlist-modify-public', 'playlist-modify-private'] as const;

/** Every feature needs to read; the others add to that. */
const SCOPES = {
  ingest: ['playlist-read-private', 'playlist-read-collaborative', LIKED_SONGS_SCOPE],
  sync: SYNC_SCOPES,
  listening: [LISTENING_SCOPE],
} as const;

export const FEATURES = ['ingest', 'sync', 'listening'] as const;

export type Feature = (typeof FEATURES)[number];

/** Without these a login is of no use. */
export const NEEDED_SCOPES: readonly string[] = SCOPES.ingest.filter(
  (scope) => scope !== LIKED_SONGS_SCOPE,
);

/** The scopes these features need, each once, in the order of the table. */
export function toScopes(features: readonly Feature[]): string[] {
  return FEATURES.filter((feature) => feature === 'ingest' || features.includes(feature)).flatMap(
    (feature) => SCOPES[feature],
  );
}

/** The features for which a login with these scopes is enough. */
export function toFeatures(scopes: readonly string[]): Feature[] {
  return FEATURES.filter((feature) => SCOPES[feature].every((scope) => scopes.includes(scope)));
}

/** `ingest,sync` as features. */
export const parseFeatures = parseList(FEATURES);
