import { type TokenFacts } from './access-tokens.ts';
import { type CataloguePlaylist } from './catalogue-model.ts';

/** Whether a user's token may list and read this playlist; public ones need no scope. */
export function hasScopeFor(
  playlist: Pick<CataloguePlaylist, 'isCollaborative' | 'isPublic'>,
  { scopes }: Pick<TokenFacts, 'scopes'>,
): boolean {
  if (playlist.isCollaborative) return scopes.includes('playlist-read-collaborative');
  return playlist.isPublic === true || scopes.includes('playlist-read-private');
}
