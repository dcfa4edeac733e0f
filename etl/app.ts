/** Composition root: builds the clients once per process and joins the parts for each run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createDocumentClient } from './dynamodb/document-client.ts';
import { createRecordSink } from './dynamodb/record-sink.ts';
import type { Clock } from './model/clock.ts';
import type { IngestSummary, Run } from './model/summaries.ts';
import { ingestPlaylist } from './pipelines/ingest-playlist.ts';
import { createPlaylistSource, createSpotifySession } from './spotify/playlist-source.ts';

export type App = {
  /**
   * Loads one playlist into the four tables.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  ingestPlaylist(playlistId: string, run: Run): Promise<IngestSummary>;
};

const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: async (ms) => {
    await sleep(ms);
  },
};

/** Builds the app. What runs share is clients, tokens and what was learnt about the app; nothing of a playlist. */
export function createApp(config: Config, clock: Clock = systemClock): App {
  const session = createSpotifySession(config.spotify, clock);
  const client = createDocumentClient();
  return {
    ingestPlaylist(playlistId, run) {
      const source = createPlaylistSource(session, run);
      const sink = createRecordSink(client, config.tables, { clock, deadlineAt: run.deadlineAt });
      return ingestPlaylist({ source, sink }, playlistId, {
        runId: run.runId,
        startedAt: clock.now(),
        now: clock.now,
        spotifyRequests: source.requestCount,
      });
    },
  };
}
