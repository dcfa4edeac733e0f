import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.ts';

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: async (ms) => {
    await sleep(ms);
  },
};
