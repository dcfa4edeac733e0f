import { createApp, type TableApp } from '../app/app.ts';
import { parseConfig } from '../app/config.ts';

let app: TableApp | undefined;

/**
 * The app of this container, built at the first call. A failed build is not cached, so the next call tries again.
 *
 * @throws EtlError `CONFIG_INVALID`
 */
export function getApp(): TableApp {
  app ??= createApp(parseConfig());
  return app;
}
