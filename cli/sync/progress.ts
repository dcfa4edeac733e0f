/** How far a plan or a run is, on the last line of a terminal. */
import { SingleBar } from 'cli-progress';
import type { SyncPorts, SyncProgress } from '../../app/sync.ts';
import { visible } from '../../lib/plain-text.ts';
import { BAR_OPTIONS } from '../../lib/progress-bar.ts';
import { count } from '../shared/terminal.ts';
import type { SyncApp } from './options.ts';

type Shown = { readonly json: boolean; readonly quiet: boolean };

/** A longer name is cut. */
const MAX_NAME = 25;

/** Runs `work` with Spotify, and shows meanwhile how far it is. Nothing else can be printed until it ends. */
export async function withProgress<Result>(
  app: SyncApp,
  { json, name, quiet }: Shown & { readonly name: string },
  work: (ports: SyncPorts) => Promise<Result>,
): Promise<Result> {
  if (json || quiet || !process.stderr.isTTY) return await app.sync(work);
  const bar = createBar();
  const shortName = visible(name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name);
  const onProgress = (progress: SyncProgress): void => {
    const { done, text, total } = describe(progress);
    const payload = { text: `${shortName}: ${text} ${count(done)} of ${count(total)}` };
    if (!bar.isActive) bar.start(Math.max(1, total), done, payload);
    bar.setTotal(Math.max(1, total));
    bar.update(done, payload);
  };
  try {
    return await app.sync((ports) => work({ ...ports, onProgress }));
  } finally {
    bar.stop();
  }
}

function describe(progress: SyncProgress): {
  readonly text: string;
  readonly done: number;
  readonly total: number;
} {
  switch (progress.kind) {
    case 'read': {
      const { isAgain, items: done, list, total } = progress;
      return { text: `reading the ${list}${isAgain ? ' again' : ''}`, done, total };
    }
    case 'write':
      return { text: 'write', done: progress.write, total: progress.writes };
    case 'check':
      return { text: 'checking', done: progress.items, total: progress.total };
  }
}

function createBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {text}',
    barsize: 20,
    ...BAR_OPTIONS,
    fps: 10,
  });
}
