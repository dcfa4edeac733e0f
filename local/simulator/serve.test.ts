import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const children: ChildProcess[] = [];

function serve(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'serve.ts'), ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  children.push(child);
  return child;
}

async function readAll(child: ChildProcess): Promise<{ code: unknown; text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, text };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

describe('npm run spotify', () => {
  it('prints what a program needs, answers, and stops at Ctrl-C', async () => {
    const child = serve('--port', '0', '--kind', 'A', '--quota', '5', '--consent', 'agree');
    const finished = readAll(child);
    const [chunk] = (await once(child.stdout ?? child, 'data')) as unknown[];
    const url = /SPOTIFY_API_URL=(\S+)/.exec(String(chunk))?.[1] ?? '';
    expect((await fetch(`${url}/v1/me`)).status).toBe(401);
    expect(await (await fetch(`${url}/simulator/plays`)).json()).toHaveLength(200);
    const clientId = /SPOTIFY_CLIENT_ID=(\S+)/.exec(String(chunk))?.[1] ?? '';
    const asked = { response_type: 'code', client_id: clientId };
    const query = new URLSearchParams({ ...asked, redirect_uri: 'http://127.0.0.1:1/callback' });
    const agreed = await fetch(`${url}/authorize?${query.toString()}`, { redirect: 'manual' });
    expect(agreed.headers.get('location')).toContain('code=');
    child.kill('SIGINT');
    const { code, text } = await finished;
    expect(code).toBe(0);
    expect(text).toMatch(/app kind A/);
    for (const access of ['yours', 'shared with you', 'made by Spotify']) {
      expect(text).toContain(access);
    }
  });

  it('says in one line that its port is in use', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, text } = await readAll(serve('--port', port));
    occupant.close();
    expect(code).toBe(1);
    expect(text.trim()).toBe(
      `Port ${port} is in use: stop what listens there, or choose another with --port.`,
    );
  });

  it('shows examples and refuses what is no number', async () => {
    const [help, wrong] = await Promise.all([
      readAll(serve('--help')),
      readAll(serve('--latency', 'slow')),
    ]);
    expect(help.text).toContain('npm run spotify -- --kind A');
    expect(wrong.code).toBe(1);
    expect(wrong.text).toContain('Give a whole number');
  });
});
