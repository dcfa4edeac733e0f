/** An AWS account on this machine: ministack, which checks signatures and policies. Functions run on Lambda's Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openFrontDoor } from './front-door.ts';

export const ACCOUNT = '123456789012';
/** Not the default of `serverless.yml`, so that a missing region is detected. */
export const REGION = 'eu-central-1';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

/** The account's owner, who may do everything. */
export const OWNER: AwsCredentials = { accessKeyId: 'emulated-owner', secretAccessKey: 'emulated' };

export type Emulator = {
  readonly url: string;
  /** Ends it and all functions it has started, and forgets what it held. */
  stop: () => Promise<void>;
};

/** Where `node` is the one that runs functions. */
export const LAMBDA_PATH = `${resolve('node_modules/node/bin')}:/usr/bin:/bin`;

/** `waitScale` shortens the waits of state machines. */
export async function startEmulator({ waitScale = 1 } = {}): Promise<Emulator> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-emulator-'));
  const port = await findFreePort();
  const door = await openFrontDoor(port);
  // A function's code is unpacked below TMPDIR.
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  await Promise.all([mkdir(home), mkdir(temporary)]);
  const child = spawn(resolve('.local/python/bin/python'), ['-m', 'ministack'], {
    // A group of its own, so that none of its functions outlives it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: LAMBDA_PATH,
      HOME: home,
      TMPDIR: temporary,
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: join(folder, 'state'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      SFN_WAIT_SCALE: String(waitScale),
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      AWS_ACCESS_KEY_ID: OWNER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey,
      // Functions go through the door as well.
      AWS_ENDPOINT_URL: door.url,
    },
  });
  const exited = once(child, 'exit');
  let output = '';
  const ready = new Promise<void>((resolveReady) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (written: Buffer) => {
        output += written.toString();
        if (output.includes('Running on http')) resolveReady();
      });
    }
  });
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(`ministack did not start: ${output}`);
    }),
  ]);
  return {
    url: door.url,
    stop: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await Promise.all([exited, door.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

/** What programs of AWS, and those that use its SDK, find in the environment. */
export function awsVariables(
  { url }: Pick<Emulator, 'url'>,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials = OWNER,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: REGION,
    // The AWS command line, version 1, reads this one only.
    AWS_DEFAULT_REGION: REGION,
  };
}
