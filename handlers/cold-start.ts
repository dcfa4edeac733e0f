import { type App, createApp } from '../app/app.ts';
import { parseConfig } from '../app/config.ts';

let app: App | undefined;

/**
 * The app of this container, built at the first call. A failed build is not cached, so the next call tries again.
 *
 * @throws EtlError `CONFIG_INVALID`
 */
export function getApp(): App {
  app ??= createApp(parseConfig());
  return app;
}
