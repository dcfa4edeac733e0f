/** Keeps web pages away from servers on this machine: a browser calls loopback for any page. */
import { IncomingMessage, type Server, ServerResponse } from 'node:http';

export type GuardOptions = {
  /** Whether a link or a redirect on another site can open a page here in a tab, like at the end of a login. Default false. */
  readonly takesNavigation?: boolean;
};

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

const OTHER_HOST =
  'Refused: the Host header does not name this machine. Ask for 127.0.0.1 or localhost. Other names are refused because a web page can point one here.';
const OTHER_SITE =
  'Refused: a page of another site sent this. Only programs on this machine and pages of this address are answered. To open it in a browser, paste the address into the address bar.';

const REFUSAL_HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

type Asked = Pick<IncomingMessage, 'headers' | 'method'>;

/** Why a request is refused, as a sentence for people; undefined if it is accepted. */
export function findRefusal(request: Asked, options: GuardOptions = {}): string | undefined {
  const { host = '', origin } = request.headers;
  if (!LOOPBACK_HOST.test(host)) return OTHER_HOST;
  if (origin !== undefined && origin !== `http://${host}`) return OTHER_SITE;
  if (!isFromOtherSite(request)) return undefined;
  return options.takesNavigation === true && isNavigation(request) ? undefined : OTHER_SITE;
}

/** Browsers send it with requests without an `Origin`: images, frames, links. Programs send neither. */
function isFromOtherSite({ headers: { 'sec-fetch-site': site } }: Asked): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isNavigation({ headers, method }: Asked): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/**
 * Refuses a request before any listener of the server gets it. No server behind it sends CORS headers, because it sees no
 * `Origin`. Given `Server.prototype`, it guards every HTTP server of the process.
 */
export function guardServer(server: Server, options?: GuardOptions): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with the server it belongs to
  const emit: (event: string, ...args: unknown[]) => boolean = server.emit;
  server.emit = function emitGuarded(this: Server, event: string, ...args: unknown[]): boolean {
    const [request, response] = args;
    // Requests that wait for `100 Continue` are a separate event; only these two events carry requests.
    if (request instanceof IncomingMessage && response instanceof ServerResponse) {
      const refusal = findRefusal(request, options);
      if (refusal !== undefined) {
        response.writeHead(403, REFUSAL_HEADERS).end(`${refusal}\n`);
        return true;
      }
      delete request.headers.origin;
    }
    return emit.call(this, event, ...args);
  };
}
