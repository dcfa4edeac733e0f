/** Where a trigger runs within a test: it prints nowhere, and its waits pass at once. */
import { PassThrough } from 'node:stream';
import { setImmediate as tick } from 'node:timers/promises';
import type { Host } from '../../lib/host.ts';

export function createQuietHost(): Host {
  let jumpedMs = 0;
  const stream = new PassThrough().resume() as unknown as NodeJS.WriteStream;
  return {
    env: {},
    now: () => Date.now() + jumpedMs,
    random: Math.random,
    // The clock jumps ahead by the wait.
    sleep: async (ms) => {
      jumpedMs += ms;
      await tick();
    },
    stdin: process.stdin,
    stdout: stream,
    stderr: stream,
    onStopSignal: () => () => undefined,
    exit: () => undefined,
  };
}
