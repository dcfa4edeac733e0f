import { buildIfStale } from '../cli/build.cjs';
import { createDashboard, type Dashboard } from '../cli/dashboard/dashboard.ts';
import type { LocalSettings } from './settings.ts';

/** The dashboard of the library that these variables name, with its page built where it has changed. */
export function createLocalDashboard(
  { dataDir }: LocalSettings,
  variables: Readonly<Record<string, string>> & { readonly QUOTA_LIBRARY: string },
): Dashboard {
  buildIfStale();
  return createDashboard({
    place: { place: variables.QUOTA_LIBRARY, authToken: undefined },
    environment: { DATA_DIR: dataDir, ...variables },
  });
}
