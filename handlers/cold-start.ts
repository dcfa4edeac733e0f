import { type App, createApp } from '../etl/app.ts';
import { parseConfig } from '../etl/config.ts';

let app: App | undefined;

/**
 * The app of this container, built at the first call. A failed build is not kept: the next call tries again.
 *
 * @throws EtlError `CONFIG_INVALID`
 */
export function getApp(): App {
  app ??= createApp(parseConfig());
  return app;
}
