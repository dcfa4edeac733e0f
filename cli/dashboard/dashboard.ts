/** The dashboard of a library, made of what is in it at that moment. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDashboardData } from '../../app/dashboard-data.ts';
import type { DashboardPage } from '../../app/dashboard-page.ts';
import { type LibraryPlace, openLibrary } from '../../app/library.ts';
import type { DashboardData } from '../../dashboard/data.ts';
import { packDashboard } from '../../dashboard/pack.ts';
import type { Environment } from '../shared/dynamodb-settings.ts';
import { ROOT } from '../shared/environment.ts';
import { assertFilled } from '../shared/library.ts';
import { createVersionReader } from './library-version.ts';
import { readLimits } from './limits.ts';

export type Dashboard = {
  /** The file or address that it is made from. */
  readonly library: string;
  /** Changes with the library. */
  readonly readVersion: () => Promise<string>;
  /** Nothing of it is kept. Those who ask at the same time get the same. */
  readonly pack: () => Promise<PackedData>;
  /** The page without its data. */
  readonly readPage: () => Promise<Pick<DashboardPage, 'script' | 'style' | 'year'>>;
};

type PackedData = { readonly packed: string; readonly plays: number; readonly playlists: number };

type DashboardOptions = {
  readonly place: LibraryPlace;
  readonly environment: Environment;
  readonly year?: number | undefined;
  /** By default the moment at which it is made. */
  readonly nowMs?: number | undefined;
};

export function createDashboard(options: DashboardOptions): Dashboard {
  let packing: Promise<PackedData> | undefined;
  const pack = async (): Promise<PackedData> => {
    const data = await readData(options);
    const packed = packDashboard(data);
    return { packed, plays: data.plays.length, playlists: data.playlists.length };
  };
  return {
    library: options.place.place,
    readVersion: createVersionReader(options.place),
    pack: () => {
      packing ??= pack().finally(() => {
        packing = undefined;
      });
      return packing;
    },
    readPage: async () => {
      const [script, style] = await Promise.all(['dashboard.js', 'dashboard.css'].map(readBuilt));
      return { script: script ?? '', style: style ?? '', year: options.year };
    },
  };
}

async function readData({
  environment,
  nowMs: madeAtMs = Date.now(),
  place,
}: DashboardOptions): Promise<DashboardData> {
  // Opening a file that is gone would make a new, empty library.
  const library = openLibrary(assertFilled(place));
  try {
    const limits = await readLimits(library, environment);
    return await readDashboardData(library, { madeAtMs, ...limits });
  } finally {
    await library.close();
  }
}

/** cli/build.cjs makes it; a package brings it. */
function readBuilt(name: string): Promise<string> {
  return readFile(join(ROOT, 'dist', name), 'utf8');
}
