import { type FastifyInstance } from 'fastify';
import * as z from 'zod';
import { appendTracks, getPlaylist } from './catalogue.ts';
import { changeLikes, changePlaylist, changePlaylists } from './catalogue-changes.ts';
import { type CataloguePlaylist } from './catalogue-model.ts';
import { faultActionSchema } from './faults.ts';
import { createPlaysJustNow } from './listeners.ts';
import { countPlayedBy, type SimulatedPlay } from './plays.ts';
import { type Engine } from './serving.ts';
import { configure } from './settings.ts';

const faultSchema = z.object({
  match: z
    .object({
      path: z.string().transform(toPattern).optional(),
      offset: z.int().optional(),
      method: z.string().optional(),
    })
    .default({}),
  skip: z.int().nonnegative().default(0),
  times: z.union([z.int().positive(), z.literal('always')]).default(1),
  action: faultActionSchema,
});
const settingsSchema = z.strictObject({
  appKind: z.enum(['A', 'B', 'C']).optional(),
  latencyMs: z.int().nonnegative().optional(),
  quota: z.int().nonnegative().nullable().optional(),
  consent: z.enum(['page', 'agree', 'deny']).optional(),
  rotation: z.enum(['pkce', 'always', 'never']).optional(),
  allowListed: z.literal([true, 'json', 'text']).optional(),
  premium: z.boolean().optional(),
  sparse: z.boolean().optional(),
  frozen: z.object({ fromMs: z.int(), untilMs: z.int() }).nullable().optional(),
  firstPageItems: z.int().positive().optional(),
  shortPage: z.boolean().optional(),
  unsorted: z.boolean().optional(),
  snapshotDelayMs: z.int().nonnegative().optional(),
  foreignSnapshot: z.boolean().optional(),
  deletesAllCopies: z.boolean().optional(),
  poison: z.array(z.string()).optional(),
  undeletable: z.array(z.string()).optional(),
  dead: z.array(z.string()).optional(),
  refusesConcurrentWrites: z.boolean().optional(),
  maxItems: z.int().nonnegative().optional(),
  fullStatus: z.literal([403, 500]).optional(),
  ignoresPrivate: z.boolean().optional(),
  refusesTexts: z.boolean().optional(),
  scopeByPublic: z.boolean().optional(),
});
const LATEST_PLAYS = 200;
const playsSchema = z.object({ count: z.int().min(1).max(1_000) });
const appendSchema = z.object({ count: z.int().min(1).max(10_000) });
const timesSchema = z.object({ times: z.int().min(1).max(1_000).default(1) }).default({ times: 1 });
const changesSchema = z.strictObject({
  playlists: z.int().min(0).max(1_000).default(0),
  likes: z.int().min(0).max(1_000).default(0),
});

/** Routes under `/simulator` by which a person looks into the simulator and steers it. */
export function addAdminApi(server: FastifyInstance, engine: Engine): void {
  server.register(
    (admin, _options, done) => {
      admin.setErrorHandler((error, _request, reply) => {
        const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
        return reply.code(400).send({ error: message });
      });
      admin.setNotFoundHandler((_request, reply) =>
        reply.code(404).send({ error: 'No such route: local/simulator/README.md lists them.' }),
      );
      addPlaylistRoutes(admin, engine);
      addSteeringRoutes(admin, engine);
      done();
    },
    { prefix: '/simulator' },
  );
}

function addPlaylistRoutes(admin: FastifyInstance, engine: Engine): void {
  admin.get('/playlists', () => [...engine.catalogue.playlists.values()].map(describePlaylist));
  admin.post<{ Params: { id: string } }>('/playlists/:id/tracks', (request) => {
    const { count } = appendSchema.parse(request.body);
    const { id } = getPlaylist(engine.catalogue, request.params.id);
    const changed = appendTracks(engine.catalogue, id, { count, addedAtMs: engine.now() });
    return { items: changed.items.length, snapshot_id: changed.snapshotId };
  });
  admin.post<{ Params: { id: string } }>('/playlists/:id/changes', (request) => {
    const { times } = timesSchema.parse(request.body ?? undefined);
    const { id } = request.params;
    return describePlaylist(changePlaylist(engine.catalogue, id, { nowMs: engine.now(), times }));
  });
  admin.get('/plays', () => listLatestPlays(engine));
  admin.post('/plays', (request) => {
    const { count } = playsSchema.parse(request.body);
    engine.plays.add(createPlaysJustNow(engine.catalogue, { count, nowMs: engine.now() }));
    return listLatestPlays(engine);
  });
  admin.post('/changes', (request) => {
    const { likes, playlists } = changesSchema.parse(request.body);
    const nowMs = engine.now();
    changeLikes(engine.catalogue, { nowMs, times: likes });
    const changed = changePlaylists(engine.catalogue, playlists, nowMs);
    return { playlists: changed.map(describePlaylist), likes: engine.catalogue.liked.items.length };
  });
}

/** What has ended by now, shown by the API or not, newest first. */
function listLatestPlays({ now, plays }: Engine): SimulatedPlay[] {
  const played = countPlayedBy(plays.list(), now());
  return plays
    .list()
    .slice(Math.max(0, played - LATEST_PLAYS), played)
    .reverse();
}

function describePlaylist({ access, id, items, name, snapshotId }: CataloguePlaylist) {
  const uri = `spotify:playlist:${id}`;
  return { uri, name, access, items: items.length, snapshot_id: snapshotId };
}

function addSteeringRoutes(admin: FastifyInstance, engine: Engine): void {
  admin.get('/requests', () => engine.log.list());
  admin.delete('/requests', (_request, reply) => {
    engine.log.clear();
    return reply.code(204).send();
  });
  admin.post('/faults', (request, reply) => {
    engine.faults.add(faultSchema.parse(request.body));
    return reply.code(204).send();
  });
  admin.delete('/faults', (_request, reply) => {
    engine.faults.clear();
    return reply.code(204).send();
  });
  admin.post('/revoke', (_request, reply) => {
    engine.accounts.revokeLogins();
    return reply.code(204).send();
  });
  admin.patch('/settings', (request) => {
    configure(engine, settingsSchema.parse(request.body));
    return engine.settings;
  });
}

function toPattern(text: string, context: z.RefinementCtx): RegExp {
  try {
    return new RegExp(text);
  } catch {
    context.issues.push({ code: 'custom', input: text, message: 'Not a regular expression.' });
    return z.NEVER;
  }
}
