import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as z from 'zod';
import { addAdminApi } from './admin-api.ts';
import { answerAlbum, answerAlbumTracks, answerArtistAlbums, answerSearch } from './albums-api.ts';
import { type Answer, toBodyText, toErrorAnswer } from './answers.ts';
import { answerAsApi } from './api-gate.ts';
import { type ApiRequest, type World } from './api-request.ts';
import { type Form } from './apps.ts';
import { answerChangeDetails, answerCreatePlaylist, answerUploadImage } from './details-api.ts';
import { deliverBroken } from './fault-delivery.ts';
import { isDelivery } from './faults.ts';
import { answerLikedSongs, answerMe, answerMyPlaylists } from './me-api.ts';
import { answerListing, answerPlaylist } from './playlists-api.ts';
import { answerRecentlyPlayed } from './plays-api.ts';
import { type Answerer, type Engine, prepareAnswer } from './serving.ts';
import { answerWriteItems } from './writes-api.ts';

const formSchema = z.record(z.string(), z.string());

type WithId = { Params: { id: string } };

/** What is answered for one ID. */
const BY_ID = {
  '/v1/playlists/:id': answerPlaylist,
  '/v1/artists/:id/albums': answerArtistAlbums,
  '/v1/albums/:id': answerAlbum,
  '/v1/albums/:id/tracks': answerAlbumTracks,
};

/** The HTTP server, not yet listening. */
export function createServer(engine: Engine): FastifyInstance {
  const server = Fastify({ exposeHeadRoutes: false });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
  server.addContentTypeParser('image/jpeg', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  // Anything else is a body nobody asked for: it reads as empty, not as an error of ours.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => {
    done(null, {});
  });
  addAccountsRoutes(server, engine);
  addApiRoutes(server, engine);
  addAdminApi(server, engine);
  server.setNotFoundHandler((request, reply) =>
    serve(engine, { request, reply }, () => toErrorAnswer(404, 'Service not found')),
  );
  server.setErrorHandler((error, _request, reply) => {
    const message = error instanceof Error ? error.message : String(error);
    return send(reply, toErrorAnswer(500, `Fault of the simulator: ${message}`));
  });
  return server;
}

function addAccountsRoutes(server: FastifyInstance, engine: Engine): void {
  server.post('/api/token', (request, reply) =>
    serve(engine, { request, reply }, () =>
      engine.accounts.answerToken(toIncoming(request).form, request.headers.authorization),
    ),
  );
  server.get('/authorize', (request, reply) =>
    serve(engine, { request, reply }, () =>
      engine.accounts.answerAuthorize(toIncoming(request).query),
    ),
  );
  server.post('/authorize', (request, reply) =>
    serve(engine, { request, reply }, () => {
      const { query, form } = toIncoming(request);
      return engine.accounts.answerDecision(query, form);
    }),
  );
}

function addApiRoutes(server: FastifyInstance, engine: Engine): void {
  const asApi = (
    exchange: Exchange,
    answer: (world: World, request: ApiRequest) => Answer,
  ): Promise<FastifyReply> => {
    const { query, authorization } = toIncoming(exchange.request);
    const { body } = exchange.request;
    return serve(engine, exchange, (forced) =>
      answerAsApi(engine, { query, authorization, forced, body }, answer),
    );
  };
  addWriteRoutes(server, engine, asApi);
  server.get('/v1/me', (request, reply) => asApi({ request, reply }, answerMe));
  server.get('/v1/me/playlists', (request, reply) => asApi({ request, reply }, answerMyPlaylists));
  server.get('/v1/me/tracks', (request, reply) => asApi({ request, reply }, answerLikedSongs));
  server.get('/v1/me/player/recently-played', (request, reply) =>
    asApi({ request, reply }, answerRecentlyPlayed),
  );
  server.get('/v1/search', (request, reply) => asApi({ request, reply }, answerSearch));
  for (const [path, answer] of Object.entries(BY_ID)) {
    server.get<WithId>(path, (request, reply) =>
      asApi({ request, reply }, (world, asked) => answer(world, request.params.id, asked)),
    );
  }
  for (const family of ['items', 'tracks'] as const) {
    server.get<WithId>(`/v1/playlists/:id/${family}`, (request, reply) =>
      asApi({ request, reply }, (world, asked) =>
        answerListing(world, { id: request.params.id, family }, asked),
      ),
    );
  }
}

type AsApi = (
  exchange: Exchange,
  answer: (world: World, request: ApiRequest) => Answer,
) => Promise<FastifyReply>;

function addWriteRoutes(server: FastifyInstance, engine: Engine, asApi: AsApi): void {
  server.post('/v1/me/playlists', (request, reply) =>
    asApi({ request, reply }, answerCreatePlaylist),
  );
  /** Spotify does one write to a playlist at a time. */
  const alone = async (id: string, exchange: Exchange, answer: Parameters<AsApi>[1]) => {
    const isBusy = engine.settings.refusesConcurrentWrites && engine.writing.has(id);
    if (isBusy) return asApi(exchange, () => toErrorAnswer(500, 'Internal server error'));
    engine.writing.add(id);
    return asApi(exchange, answer).finally(() => engine.writing.delete(id));
  };
  server.put<WithId>('/v1/playlists/:id', (request, reply) =>
    alone(request.params.id, { request, reply }, (world, asked) =>
      answerChangeDetails(world, request.params.id, asked),
    ),
  );
  server.put<WithId>('/v1/playlists/:id/images', (request, reply) =>
    alone(request.params.id, { request, reply }, (world, asked) =>
      answerUploadImage(world, request.params.id, asked),
    ),
  );
  for (const family of ['items', 'tracks'] as const) {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      server.route<WithId>({
        method,
        url: `/v1/playlists/:id/${family}`,
        handler: (request, reply) =>
          alone(request.params.id, { request, reply }, (world, asked) =>
            answerWriteItems(world, { id: request.params.id, family, method }, asked),
          ),
      });
    }
  }
}

type Exchange = {
  readonly request: Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'body'>;
  readonly reply: FastifyReply;
};

/** Notes the request, lets a waiting fault strike, and sends what comes out. */
async function serve(
  engine: Engine,
  { request, reply }: Exchange,
  answerer: Answerer,
): Promise<FastifyReply> {
  const incoming = toIncoming(request);
  const { method, path, query } = incoming;
  for (const watcher of engine.watchers) watcher({ method, path, body: request.body });
  const clientId = findClientId(engine, incoming);
  const setStatus = engine.log.note({ method, path, query, clientId, at: engine.now() });
  const action = engine.faults.take({ method, path, query });
  const answer = withDate(await prepareAnswer(engine, { path, action }, answerer), engine.now());
  if (action === undefined || !isDelivery(action)) {
    setStatus(answer.status);
    return send(reply, answer);
  }
  const isSilent =
    action.type === 'hang' || (action.type === 'reset' && action.when === 'before-headers');
  if (!isSilent) setStatus(answer.status);
  reply.hijack();
  deliverBroken(action, answer, reply.raw);
  return reply;
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(toBodyText(answer));
}

/** A client that checks its clock by our answers must find the simulator's, not this machine's. */
function withDate(answer: Answer, nowMs: number): Answer {
  return { ...answer, headers: { ...answer.headers, date: new Date(nowMs).toUTCString() } };
}

function findClientId({ accessTokens, accounts }: Engine, incoming: Incoming): string | undefined {
  const { authorization, query, form } = incoming;
  return (
    accessTokens.findClientId(authorization) ??
    accounts.findClientId({ ...query, ...form }, authorization)
  );
}

type Incoming = {
  readonly method: string;
  readonly path: string;
  readonly query: Form;
  readonly form: Form;
  readonly authorization: string | undefined;
};

function toIncoming(request: Exchange['request']): Incoming {
  const { pathname, searchParams } = new URL(request.url, 'http://simulator');
  return {
    method: request.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    form: formSchema.safeParse(request.body).data ?? {},
    authorization: request.headers.authorization,
  };
}
