/** AWS's own DynamoDB Local, the second opinion. Its package is apart: `.ci/install-tools` installs it. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOOPBACK } from '../../lib/loopback-server.ts';
import type { EmbeddedDynamodb } from '../../local/dynamodb.ts';
import { probePort } from '../../local/listen.ts';
import { spawn } from '../tools/dynamodb-local.cjs';

const USE = { what: 'DynamoDB Local', variable: 'nothing: any free port is taken' };
const START_MS = 90_000;

/**
 * Starts the engine in memory.
 *
 * @throws Error that says what to install where there is no Java, or one that is too old
 */
export async function startDynamodbLocal(): Promise<EmbeddedDynamodb> {
  const port = await probePort(0, USE);
  const url = `http://${LOOPBACK}:${port}`;
  // Read by the engine: it reports its use to AWS otherwise.
  process.env.DDB_LOCAL_TELEMETRY = '0';
  const engine = spawn({ port });
  process.once('exit', () => engine.kill());
  let said = '';
  const listenTo = (part: Buffer): void => {
    said += part.toString();
  };
  engine.stdout?.on('data', listenTo);
  engine.stderr?.on('data', listenTo);
  let end: string | undefined;
  engine.once('error', (error) => {
    end = error.message;
  });
  engine.once('exit', (code) => {
    end ??= `exit ${code}: ${said}`;
  });
  const giveUpAt = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (end === undefined && Date.now() < giveUpAt) {
      await sleep(100);
      continue;
    }
    engine.kill();
    throw new Error(
      `DynamoDB Local did not start (${end ?? `no answer in ${START_MS / 1000} s`}). It needs Java 17 or newer on the PATH: install it, on Debian and Ubuntu by \`apt-get install openjdk-17-jre-headless\`.`,
    );
  }
  return {
    url,
    close: async () => {
      if (engine.exitCode !== null) return;
      const exited = once(engine, 'exit');
      engine.kill();
      await exited;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
