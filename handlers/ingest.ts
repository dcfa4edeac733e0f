import type { App } from '../app/app.ts';
import type { IngestSummary } from '../etl/model/summaries.ts';
import { warmApp } from './cold-start.ts';
import { type ApiHandler, createApiHandler } from './http/api-handler.ts';
import type { RunEffect } from './http/metrics.ts';
import { parsePlaylistId } from './http/requests.ts';

/** `GET /ingest?playlist_uri=…`: loads one playlist and answers with the run's summary. */
export function createIngestHandler(
  getApp: () => Pick<App, 'ingestPlaylist' | 'tokenDaysLeft'>,
): ApiHandler {
  return createApiHandler({
    functionName: 'ingest',
    getApp,
    parse: (event) => {
      const playlistId = parsePlaylistId(event);
      return (app, run) => app.ingestPlaylist(playlistId, run);
    },
    toEffect,
  });
}

/** Of an unchanged playlist no item was read, however many it has. */
function toEffect(summary: IngestSummary): RunEffect {
  const { status } = summary;
  const rowsWritten = sumOf(summary.written);
  return status === 'loaded'
    ? {
        outcome: status,
        itemsRead: summary.counts.items,
        rowsWritten,
        rowsUnchanged: sumOf(summary.unchanged),
      }
    : { outcome: status, itemsRead: 0, rowsWritten, rowsUnchanged: 0 };
}

function sumOf(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

export const handler = createIngestHandler(warmApp);
