/** The commands by name, in the order of the help. A start loads the one that it runs: most bring the AWS SDK, which takes its time. */
import { Command } from 'commander';

type Entry = {
  /** Its line in the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
};

const COMMANDS: Readonly<Record<string, Entry>> = {
  trigger: {
    summary: 'send the pending rows of a playlists file',
    load: () => import('./trigger.ts'),
  },
  login: {
    summary: 'let your Spotify app read your playlists',
    load: () => import('./login.ts'),
  },
  logout: { summary: 'forget the login', load: () => import('./logout.ts') },
  doctor: {
    summary: 'check the set-up, and say how to fix it',
    load: () => import('./doctor.ts'),
  },
  'deploy-check': {
    summary: 'check what a deploy needs, and say what is missing',
    load: () => import('./deploy-check.ts'),
  },
  playlists: {
    summary: 'list your playlists and which of them have changed',
    load: () => import('./playlists.ts'),
  },
  export: { summary: 'write the tables into files', load: () => import('./export.ts') },
  verify: {
    summary: 'find rows that are missing, malformed or wrongly counted',
    load: () => import('./verify.ts'),
  },
};

/** The command of that name, loaded; without one, or with an unknown name, only what the list of commands shows. */
export async function loadCommands(name = ''): Promise<Command[]> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return [(await entry.load()).command];
  return Object.entries(COMMANDS).map(([each, { summary }]) => new Command(each).summary(summary));
}
