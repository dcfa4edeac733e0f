import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** For files that are written through to the disk hundreds of times: a disk takes minutes for that, and memory no time. */
export const QUICK_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
