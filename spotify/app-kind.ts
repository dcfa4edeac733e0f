import { MAX_PAGE_LIMIT } from './playlist-replies.ts';
import type { AppFacts } from './quota/store.ts';
import type { PlaylistApi } from './requests.ts';

/**
 * What has been learnt about how this app is served. It is a fact of the app, not of a run: a process keeps it, and the shared
 * state hands it to the next one.
 */
export class Dialect {
  /** Set by configuration, the listing is asked for under no other name. */
  readonly isFixed: boolean;
  /** The name under which the listing has answered. */
  playlistApi: PlaylistApi | undefined;
  /** The largest page this app has not been refused. */
  pageLimit = MAX_PAGE_LIMIT;
  appKind: AppFacts['app_kind'];

  constructor(playlistApi?: PlaylistApi) {
    this.isFixed = playlistApi !== undefined;
    this.playlistApi = playlistApi;
  }

  /** Takes what others have learnt where this process has not learnt it itself. */
  recall({ app_kind: appKind, page_limit: pageLimit, playlist_api: playlistApi }: AppFacts): void {
    this.appKind ??= appKind;
    this.playlistApi ??= playlistApi;
    if (pageLimit !== undefined) this.pageLimit = Math.min(this.pageLimit, pageLimit);
  }

  /** What is worth handing on. */
  toFacts(): AppFacts {
    const { appKind, isFixed, pageLimit, playlistApi } = this;
    return {
      ...(appKind && { app_kind: appKind }),
      ...(playlistApi && !isFixed && { playlist_api: playlistApi }),
      ...(pageLimit < MAX_PAGE_LIMIT && { page_limit: pageLimit }),
    };
  }
}
