import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../lib/host.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** This process. */
export function createHost(): Host {
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    random: Math.random,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
    exit: (code) => process.exit(code),
    onStopSignal: (listener) => {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
  };
}
