/** The function sync in a world of its own: pairs in a bucket, the journal in the state table, and who is told. */

import { createObjectStore, openBucket } from '../../app/bucket.ts';
import { parseConfig } from '../../app/config.ts';
import { createSyncApp } from '../../app/sync-app.ts';
import type { Mail } from '../../app/sync-digest.ts';
import type { SyncEvent } from '../../app/sync-notices.ts';
import { createSyncHandler, type SyncReport } from '../../handlers/sync.ts';
import type { CatalogueItem } from '../../local/simulator/catalogue-model.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import { type S3Server, startS3Server } from './s3-server.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export const WEEK_MS = 7 * 86_400_000;
export const SYNCS = 'bucket/syncs.csv';

const HEADER = 'name,source,target,mode,apply,max_removals,last_run,response';
const PLACE = { STAGE: 'test', ALARM_TOPIC_ARN: 'alarms', DIGEST_TOPIC_ARN: 'digest' };

export type SyncFunction = {
  readonly world: World;
  readonly s3: S3Server;
  readonly tracks: readonly CatalogueItem[];
  readonly events: SyncEvent[];
  readonly mails: (Mail & { readonly topic: string })[];
  /** Which news cannot be sent. */
  down: 'events' | 'digest' | 'alarms' | undefined;
  readonly invoke: (event?: unknown) => Promise<SyncReport>;
  /** Adds a list of these tracks, and returns its ID. */
  readonly add: (from: number, to: number) => string;
  readonly urisOf: (listId: string) => unknown[];
  /** Makes these the rows of the file. */
  readonly write: (...rows: string[]) => void;
  readonly read: () => string[];
  readonly close: () => Promise<unknown>;
};

export async function startSyncFunction(options?: WorldOptions): Promise<SyncFunction> {
  const [world, s3] = await Promise.all([createWorld(options), startS3Server()]);
  const { clock, environment, spotify } = world;
  const open = openBucket({ bucket: 'bucket', region: 'us-east-1', endpoint: s3.url });
  const added = { addedAt: '2026-01-01T00:00:00Z', addedBy: null };
  const tracks = [...spotify.catalogue.tracks.keys()].map(
    (trackId): CatalogueItem => ({ kind: 'track', trackId, ...added }),
  );
  const [events, mails]: [SyncFunction['events'], SyncFunction['mails']] = [[], []];
  const unlessDown = (what: string, send: () => void): Promise<void> => {
    if (started.down === what) return Promise.reject(new Error(`${what} cannot be sent.`));
    send();
    return Promise.resolve();
  };
  const sender = {
    putEvents: (sent: readonly SyncEvent[]) => unlessDown('events', () => events.push(...sent)),
    publish: (topic: string, mail: Mail) => unlessDown(topic, () => mails.push({ topic, ...mail })),
  };
  const handler = createSyncHandler({
    clock,
    openApp: () => createSyncApp(parseConfig(environment), PLACE, { clock, sender }),
    openFile: () => createObjectStore(open('syncs.csv')),
  });
  let [runs, lists] = [0, 0];
  const started: SyncFunction = {
    ...{ world, s3, tracks, events, mails },
    down: undefined,
    invoke: (event = {}) => {
      runs += 1;
      const context = { awsRequestId: `run-${runs}`, getRemainingTimeInMillis: () => 900_000 };
      return handler(event, context);
    },
    add: (from, to) => {
      lists += 1;
      return spotify.addPlaylist(`List ${lists}`, tracks.slice(from, to)).id;
    },
    urisOf: (id) => (spotify.catalogue.playlists.get(id)?.items ?? []).map(toUri),
    write: (...rows) => {
      s3.write(SYNCS, `${[HEADER, ...rows].join('\n')}\n`);
    },
    read: () => (s3.read(SYNCS) ?? '').trim().split('\n').slice(1),
    close: () => Promise.all([world.close(), s3.close()]),
  };
  return started;
}
