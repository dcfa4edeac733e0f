import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccessTokens } from './access-tokens.ts';
import { type AccountsApi } from './accounts-api.ts';
import { type Answer, toErrorAnswer } from './answers.ts';
import { type ApiRequest, type World } from './api-request.ts';
import { appendTracks, changeItems, getPlaylist, removeFirstItem } from './catalogue.ts';
import { type Catalogue } from './catalogue-model.ts';
import { createFaultAnswer, spoilPage, spoilValues } from './fault-answers.ts';
import {
  type FaultAction,
  type FaultQueue,
  isPageFault,
  isPreparing,
  isReplacing,
  type PreparingAction,
} from './faults.ts';
import { type PlayLog } from './plays.ts';
import { type QuotaGate } from './quota.ts';
import { type RecordedPlaylist } from './recorded.ts';
import { type RequestLog } from './request-log.ts';
import { type Settings } from './settings.ts';

export type WatchedRequest = {
  readonly method: string;
  readonly path: string;
  /** As it was sent, where it is JSON. */
  readonly body: unknown;
};

/** Everything one running simulator works with. */
export type Engine = {
  readonly now: () => number;
  readonly accessTokens: AccessTokens;
  readonly accounts: AccountsApi;
  readonly catalogue: Catalogue;
  readonly echoes: World['echoes'];
  /** Playlists with a write under way. */
  readonly writing: Set<string>;
  /** Told of each request before it is answered. */
  readonly watchers: Set<(request: WatchedRequest) => void>;
  readonly recorded: ReadonlyMap<string, RecordedPlaylist>;
  readonly faults: FaultQueue;
  readonly log: RequestLog;
  readonly plays: PlayLog;
  readonly quotaGate: QuotaGate;
  readonly settings: Settings;
};

/** Makes the normal answer to a request; `forced` is the window a fault wants served. */
export type Answerer = (forced: ApiRequest['forced']) => Answer;

/** The answer to one request, with whatever a fault does to it before it is sent. */
export async function prepareAnswer(
  engine: Engine,
  { path, action }: { readonly path: string; readonly action: FaultAction | undefined },
  answerer: Answerer,
): Promise<Answer> {
  await pause(engine.settings.latencyMs);
  if (action === undefined) return answerer({});
  if (isReplacing(action)) return createFaultAnswer(action);
  if (action.type === 'applied-but') {
    answerer({});
    return toErrorAnswer(action.status, STATUS_CODES[action.status] ?? 'Unknown');
  }
  if (action.type === 'odd-values') return spoilValues(action.values, answerer({}));
  if (isPageFault(action)) return spoilPage(action, answerer({}));
  return answerer(isPreparing(action) ? await prepare(engine, action, path) : {});
}

async function prepare(
  engine: Engine,
  action: PreparingAction,
  path: string,
): Promise<ApiRequest['forced']> {
  switch (action.type) {
    case 'delay':
      await pause(action.ms);
      return {};
    case 'change-playlist':
      changePlaylist(engine, action, action.playlistId ?? findPlaylistId(path));
      return {};
    case 'short-page':
      return { limit: action.items };
    case 'repeat-page':
      return { offset: 0 };
  }
}

function changePlaylist(
  { catalogue, now }: Engine,
  { change }: Extract<PreparingAction, { type: 'change-playlist' }>,
  playlistId: string,
): void {
  if (change === 'append') appendTracks(catalogue, playlistId, { count: 1, addedAtMs: now() });
  else if (change === 'remove-first') removeFirstItem(catalogue, playlistId);
  else {
    const playlist = getPlaylist(catalogue, playlistId);
    const { items } = playlist;
    const edited =
      change === 'repeat-first'
        ? [...items, ...items.slice(0, 1)]
        : [...items.slice(-1), ...items.slice(0, -1)];
    changeItems(catalogue, playlist, edited);
  }
}

function findPlaylistId(path: string): string {
  return /\/playlists\/([^/]+)/.exec(path)?.[1] ?? '';
}

/** Does not keep the process alive: an answer nobody waits for any more may be lost. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
