/** The commands by name. A start loads the one that is asked for: most bring the AWS SDK, for which the others do not wait. */
import type { Command } from 'commander';

type CommandFile = { readonly createCommand: () => Command };

/* eslint-disable @typescript-eslint/no-require-imports -- tsx's hook sees a require() and no import(); bundlers follow both. */
/** In the order of the help. */
const FILES: Readonly<Record<string, () => unknown>> = {
  trigger: (): unknown => require('./trigger.ts'),
  login: (): unknown => require('./login.ts'),
  logout: (): unknown => require('./logout.ts'),
  doctor: (): unknown => require('./doctor.ts'),
  'deploy-check': (): unknown => require('./deploy-check.ts'),
  playlists: (): unknown => require('./playlists.ts'),
  export: (): unknown => require('./export.ts'),
  verify: (): unknown => require('./verify.ts'),
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** The command of that name; all of them where it is no command's name, or none is given. */
export function loadCommands(name = ''): Command[] {
  const names = Object.hasOwn(FILES, name) ? [name] : Object.keys(FILES);
  return names.map((each) => {
    const file = FILES[each]?.();
    if (!isCommandFile(file)) throw new TypeError(`cli/${each}.ts exports no createCommand.`);
    return file.createCommand();
  });
}

function isCommandFile(file: unknown): file is CommandFile {
  return typeof file === 'object' && file !== null && 'createCommand' in file;
}
