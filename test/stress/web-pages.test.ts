/** What a web page of another site can do to the programs on this machine: nothing. Real servers, a real browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Browser, Page, Response } from 'playwright-core';
import { type CallbackSource, startCallbackServer } from '../../cli/login/callback-server.ts';
import { ingestUrl } from '../../local/ingest-url.ts';
import { toAuthorizeUrl } from '../../local/simulator/test-login.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { inBrowser, launchChromium } from '../support/chromium.ts';
import { createTableRows, type TableRows } from '../support/table-rows.ts';

type Asked = {
  readonly method?: string;
  readonly mode?: 'no-cors';
  readonly credentials?: 'include';
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

const FOREIGN_HOST = 'foreign.test';
const REFUSED = expect.stringMatching(/^403 Refused: /);

inBrowser('A page of another site', () => {
  let dataDir: string;
  let stack: LocalStack;
  let functionsUrl: string;
  let callback: CallbackSource;
  let tables: TableRows;
  let site: Server;
  let browser: Browser;
  let page: Page;
  /** What our servers answered to the page. */
  const answers: Response[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'spotify-etl-pages-'));
    const log = new PassThrough().setEncoding('utf8');
    let written = '';
    log.on('data', (part: string) => {
      written += part;
    });
    const settings = { apiPort: 0, dynamodbPort: 0, simulatorPort: 0, dataDir };
    stack = await startStack({
      settings: { ...settings, ownSpotify: undefined, quotaVariables: {} },
      log,
      stopping: new AbortController().signal,
    });
    functionsUrl = /for lambda\] listening on (\S+)/.exec(written)?.[1] ?? 'no address';
    callback = await startCallbackServer(0);
    await fetch(load());
    tables = createTableRows({ url: stack.dynamodbUrl });
    site = createServer((_request, response) => response.end('<!doctype html>')).listen(
      0,
      '127.0.0.1',
    );
    browser = await launchChromium(
      `--host-resolver-rules=MAP ${FOREIGN_HOST} 127.0.0.1`,
      // Newer browsers ask the person first; older ones do not.
      '--disable-features=LocalNetworkAccessChecks',
    );
  });

  afterAll(async () => {
    await browser.close();
    site.close();
    site.closeAllConnections();
    tables.close();
    callback.close();
    await stack.close();
    await rm(dataDir, { recursive: true });
  });

  beforeEach(async () => {
    const { port } = site.address() as AddressInfo;
    page = await browser.newPage();
    await page.goto(`http://${FOREIGN_HOST}:${port}/`);
    answers.length = 0;
    page.on('response', (response) => answers.push(response));
    stack.simulator?.clearRequests();
  });

  afterEach(async () => {
    await page.close();
  });

  /** What the page can read of the answer. */
  const ask = (url: string, init: Asked = {}): Promise<string> =>
    page.evaluate(
      async ({ url: asked, init: how }) => {
        try {
          const response = await fetch(asked, how);
          return response.type === 'opaque'
            ? 'nothing'
            : `${response.status} ${await response.text()}`;
        } catch {
          return 'nothing';
        }
      },
      { url, init },
    );

  /** As an image, in a frame, and as a form. A form can send a body that reads as JSON. */
  async function embed(url: string): Promise<void> {
    const address = url.replaceAll('&', '&amp;');
    await page.setContent(
      `<img src="${address}"><iframe name="frame" src="${address}"></iframe>
        <form target="frame" method="post" enctype="text/plain" action="${address}">
        <input name='{"count": 1, "padding": "' value='"}'><button>Send</button></form>`,
    );
    const sent = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button').click();
    await sent;
  }

  /** The same from a page whose name is made to mean this machine: to the browser it is of one origin with the server. */
  async function rebind(url: string): Promise<string> {
    const address = new URL(url);
    address.hostname = FOREIGN_HOST;
    const response = await page.goto(address.href);
    return `${response?.status() ?? 0} ${(await response?.text()) ?? ''}`;
  }

  const follow = async (url: string): Promise<void> => {
    await page.setContent(`<a href="${url.replaceAll('&', '&amp;')}">Go</a>`);
    await page.getByRole('link').click();
    await page.waitForURL((at) => at.port === new URL(url).port);
  };

  /** No answer was anything but a refusal, and none could be read across origins. */
  async function expectRefusals(): Promise<void> {
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) {
      expect([answer.url(), answer.status()]).toEqual([answer.url(), 403]);
      const names = Object.keys(await answer.allHeaders());
      expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  }

  const playlist = (): string => stack.simulator?.catalogue.showcase[0] ?? '';
  const load = (): string => ingestUrl(stack.apiUrl, playlist());
  const asForeign = (url: string): string => url.replace('127.0.0.1', FOREIGN_HOST);

  test('reads nothing of the history on the home page', async () => {
    const data = `${stack.apiUrl}/dashboard/data`;
    const home = `${stack.apiUrl}/`;
    const read = [await ask(home), await ask(data), await ask(data, { mode: 'no-cors' })];
    await embed(home);
    await follow(home);
    const rebound = [await rebind(home), await ask(asForeign(data))];

    expect(read).toEqual(read.map(() => 'nothing'));
    expect(rebound).toEqual(rebound.map(() => REFUSED));
    await expectRefusals();
  });

  test('has the API and its functions do nothing and reads nothing of them', async () => {
    const invocation = `${functionsUrl}/2015-03-31/functions/spotify-etl-local-ingest/invocations`;
    const event = JSON.stringify({
      multiValueQueryStringParameters: { playlist_uri: [playlist()] },
    });

    const read = [
      await ask(load()),
      await ask(load(), { mode: 'no-cors' }),
      await ask(load(), { headers: { 'x-api-key': 'any' } }),
      await ask(`${stack.apiUrl}/playlists`, { credentials: 'include' }),
      await ask(invocation, { method: 'POST', body: event }),
      await ask(invocation, { method: 'POST', body: event, mode: 'no-cors' }),
    ];
    for (const url of [load(), invocation]) await embed(url);
    await follow(load());
    const rebound = [
      await rebind(load()),
      await ask(asForeign(load())),
      await rebind(invocation),
      await ask(asForeign(invocation), { method: 'POST', body: event }),
    ];

    expect(read).toEqual(read.map(() => 'nothing'));
    expect(rebound).toEqual(rebound.map(() => REFUSED));
    await expectRefusals();
    expect(stack.simulator?.requests()).toEqual([]);
    const response = await fetch(load());
    expect(await response.json()).toMatchObject({ status: 'unchanged', playlist_id: playlist() });
  });

  test('reads, writes and deletes no table', async () => {
    const url = `${stack.dynamodbUrl}/`;
    const TableName = stack.tableNames.track;
    const calls = [
      { operation: 'ListTables', body: {} },
      { operation: 'Scan', body: { TableName } },
      { operation: 'PutItem', body: { TableName, Item: { track_id: { S: 'foreign' } } } },
      { operation: 'DeleteTable', body: { TableName } },
    ].map(({ body, operation }): Asked => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      };
      return { method: 'POST', headers, body: JSON.stringify(body) };
    });
    const before = await tables.scan(TableName, 'track_id');

    const read: string[] = [];
    for (const call of calls) {
      read.push(await ask(url, call), await ask(url, { ...call, mode: 'no-cors' }));
    }
    await embed(url);
    const rebound = [await rebind(url)];
    for (const call of calls) rebound.push(await ask(asForeign(url), call));

    expect(read).toEqual(read.map(() => 'nothing'));
    expect(rebound).toEqual(rebound.map(() => REFUSED));
    await expectRefusals();
    expect(before.length).toBeGreaterThan(0);
    expect(await tables.scan(TableName, 'track_id')).toEqual(before);
  });

  test('neither steers nor reads the simulated Spotify', async () => {
    const simulator = `${stack.simulator?.url ?? ''}/simulator`;
    const tracks = `${simulator}/playlists/${playlist()}/tracks`;
    const json = { 'content-type': 'application/json' };

    const read = [
      await ask(`${simulator}/playlists`),
      await ask(`${simulator}/revoke`, { method: 'POST', mode: 'no-cors' }),
      await ask(tracks, { method: 'POST', headers: json, body: '{"count": 1}' }),
      await ask(`${simulator}/settings`, {
        method: 'PATCH',
        headers: json,
        body: '{"quota": 0}',
      }),
    ];
    await embed(tracks);
    const rebound = [
      await rebind(`${simulator}/playlists`),
      await ask(asForeign(`${simulator}/revoke`), { method: 'POST' }),
    ];

    expect(read).toEqual(read.map(() => 'nothing'));
    expect(rebound).toEqual(rebound.map(() => REFUSED));
    await expectRefusals();
    const response = await fetch(load());
    expect(await response.json()).toMatchObject({ status: 'unchanged' });
  });

  test('cannot end a login, but its links lead to the consent page and from there to the end', async () => {
    const { redirectUri } = callback;
    const answered = callback.receive('own');
    await embed(`${redirectUri}?state=own&code=foreign`);
    expect(await rebind(`${redirectUri}?state=own&code=foreign`)).toEqual(REFUSED);
    await expectRefusals();
    if (stack.simulator === undefined) throw new Error('There is no simulated Spotify.');

    await follow(toAuthorizeUrl(stack.simulator, { redirect_uri: redirectUri, state: 'own' }).href);
    const clicked = page.getByRole('button', { name: 'Agree' }).click();
    const { answer, query } = await answered;
    await answer({ status: 200, title: 'The end', paragraphs: [] });

    await clicked;
    await page.getByRole('heading', { name: 'The end' }).waitFor();
    expect(query.get('code')).not.toBe('foreign');
  });
});
