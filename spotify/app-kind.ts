import { MAX_PAGE_LIMIT } from './playlist-replies.ts';
import type { AppFacts } from './quota/store.ts';
import type { PlaylistApi } from './requests.ts';

/**
 * What replies have shown about this app's dialect. It belongs to the app, not to a run: the process keeps it, and the shared
 * state passes it to the next process.
 */
export class Dialect {
  /** If configured, only this name is used for the listing. */
  readonly isFixed: boolean;
  /** The name that the listing has answered to. */
  playlistApi: PlaylistApi | undefined;
  /** The largest page size that Spotify has not refused. */
  pageLimit = MAX_PAGE_LIMIT;
  appKind: AppFacts['app_kind'];

  constructor(playlistApi?: PlaylistApi) {
    this.isFixed = playlistApi !== undefined;
    this.playlistApi = playlistApi;
  }

  /** Adopts facts from other processes that this one does not know yet. */
  recall({ app_kind: appKind, page_limit: pageLimit, playlist_api: playlistApi }: AppFacts): void {
    this.appKind ??= appKind;
    this.playlistApi ??= playlistApi;
    if (pageLimit !== undefined) this.pageLimit = Math.min(this.pageLimit, pageLimit);
  }

  /** The facts to share. */
  toFacts(): AppFacts {
    const { appKind, isFixed, pageLimit, playlistApi } = this;
    return {
      ...(appKind && { app_kind: appKind }),
      ...(playlistApi && !isFixed && { playlist_api: playlistApi }),
      ...(pageLimit < MAX_PAGE_LIMIT && { page_limit: pageLimit }),
    };
  }
}
