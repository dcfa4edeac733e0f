/** What a server on this machine answers for the dashboard. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PRIVATE_HEADERS, renderDashboard, toPageHeaders } from '../../app/dashboard-page.ts';
import { messageOf } from '../../lib/usage-error.ts';
import type { Dashboard } from './dashboard.ts';

type Answer = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

const TEXT_HEADERS = { ...PRIVATE_HEADERS, 'content-type': 'text/plain; charset=utf-8' };

const toText = (body: string): Answer => ({ headers: TEXT_HEADERS, body });

/** Below the page, so that its addresses are relative. dashboard/page/refresh.ts asks for the last two. */
const ANSWERS = new Map<string, (dashboard: Dashboard) => Promise<Answer>>([
  ['/', answerPage],
  ['/dashboard/version', async ({ readVersion }) => toText(await readVersion())],
  ['/dashboard/data', async ({ pack }) => toText((await pack()).packed)],
]);

const METHODS = ['GET', 'HEAD'];

/** Answers a request for the page or its data. False for any other, which is left alone. */
export async function answerDashboard(
  dashboard: Dashboard,
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const answer = ANSWERS.get(url.split('?')[0] ?? '');
  if (answer === undefined) return false;
  if (!METHODS.includes(method)) {
    const headers = { ...TEXT_HEADERS, allow: METHODS.join(', ') };
    response.writeHead(405, headers).end('There is only something to read here.\n');
    return true;
  }
  try {
    // Node leaves the body of an answer to HEAD away.
    const { body, headers } = await answer(dashboard);
    response.writeHead(200, headers).end(body);
  } catch (error) {
    response.writeHead(503, TEXT_HEADERS).end(`${messageOf(error)}\n`);
  }
  return true;
}

async function answerPage({ pack, readPage, readVersion }: Dashboard): Promise<Answer> {
  // Before the data: what changes in between is asked for once more.
  const servedVersion = await readVersion();
  const page = { ...(await readPage()), packed: (await pack()).packed, servedVersion };
  return { headers: toPageHeaders(page), body: renderDashboard(page) };
}
