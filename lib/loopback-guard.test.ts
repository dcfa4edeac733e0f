import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { findRefusal, type GuardOptions } from './loopback-guard.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';

const HERE = '127.0.0.1:3000';
const TAB = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('a request to a server on this machine', () => {
  const answerTo = (
    headers: IncomingHttpHeaders,
    { method = 'GET', ...options }: GuardOptions & { method?: string } = {},
  ): 'let in' | 'refused' =>
    findRefusal({ headers: { host: HERE, ...headers }, method }, options) === undefined
      ? 'let in'
      : 'refused';

  it.each(['127.0.0.1:3000', '127.0.0.1', 'localhost:3000', '[::1]:3000'])(
    'is let in as %s, from a program and from a page of that very address',
    (host) => {
      expect(answerTo({ host })).toBe('let in');
      expect(answerTo({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(
        'let in',
      );
      expect(answerTo({ host, 'sec-fetch-site': 'none', ...TAB })).toBe('let in');
    },
  );

  it.each([
    'foreign.test:3000',
    'localhost.foreign.test',
    '127.0.0.1.foreign.test',
    'foreign.test@127.0.0.1',
    '127.0.0.1:3000, foreign.test',
    '192.168.1.2:3000',
    '0.0.0.0:3000',
    '',
  ])('is refused as "%s", whatever else it says', (host) => {
    expect(answerTo({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(
      'refused',
    );
  });

  it.each(['http://foreign.test', 'http://127.0.0.1:5173', 'https://127.0.0.1:3000', 'null'])(
    'is refused from a page of %s, before a preflight too',
    (origin) => {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        expect(answerTo({ origin }, { method, takesNavigation: true })).toBe('refused');
      }
    },
  );

  it.each(['cross-site', 'same-site'])(
    'is refused from a %s image, frame or form, and from a link unless the server takes navigation',
    (site) => {
      const navigable = { takesNavigation: true };
      const from = { 'sec-fetch-site': site };
      const image = { ...from, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
      const frame = { ...from, ...TAB, 'sec-fetch-dest': 'iframe' };
      for (const headers of [image, frame]) expect(answerTo(headers, navigable)).toBe('refused');
      expect(answerTo({ ...from, ...TAB }, { ...navigable, method: 'POST' })).toBe('refused');
      expect(answerTo({ ...from, ...TAB })).toBe('refused');
      expect(answerTo({ ...from, ...TAB }, navigable)).toBe('let in');
    },
  );
});

describe('a guarded server', () => {
  const seen: string[] = [];
  let server: Server;
  let served: LoopbackServer;

  beforeEach(async () => {
    seen.length = 0;
    server = createServer();
    served = await serveOnLoopback(server, { port: 0 });
    const listener: RequestListener = (incoming, response) => {
      seen.push(incoming.headers.origin ?? 'no origin');
      response.end('let in');
    };
    server.on('request', listener).on('checkContinue', listener);
  });

  afterEach(() => served.close());

  async function send(headers: Record<string, string>): Promise<{ status: number; body: string }> {
    const outgoing = request(served.url, { method: 'POST', headers });
    outgoing.end('{}');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  it('sees no refused request, and of others no origin', async () => {
    const own = { origin: served.url };

    expect(await send(own)).toEqual({ status: 200, body: 'let in' });
    expect(await send({ ...own, expect: '100-continue' })).toEqual({ status: 200, body: 'let in' });
    for (const headers of [{ host: 'foreign.test' }, { origin: 'null' }]) {
      const refused = { status: 403, body: expect.stringMatching(/^Refused: .+\n$/) };
      expect(await send(headers)).toEqual(refused);
      expect(await send({ ...headers, expect: '100-continue' })).toEqual(refused);
    }
    expect(seen).toEqual(['no origin', 'no origin']);
  });
});
