/** A process that shares a login: waits for a line, gets an access token, and says which. For the tests only. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokens } from '../../spotify/login/access-tokens.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { createTransport } from '../../spotify/transport.ts';

const [path = '', accountsUrl = '', clientId = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const tokens = new AccessTokens({
    accountsUrl: new URL(accountsUrl),
    credentials: { clientId, clientSecret: undefined },
    tokenStore: new FileTokenStore(path),
    exchange: createTransport(Date.now),
    clock: {
      now: Date.now,
      random: Math.random,
      sleep: async (ms) => {
        await sleep(ms);
      },
    },
  });
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  process.stdout.write(`${await tokens.get({ deadlineAt: Date.now() + 60_000 })}\n`);
  process.exit();
}

void main();
