/** The commands by name, in the order of the help. Only the command that runs is loaded: most load the AWS SDK, which is slow. */
import { Command } from 'commander';

type Entry = readonly [summary: string, load: () => Promise<{ readonly command: Command }>];

const COMMANDS: Readonly<Record<string, Entry>> = {
  login: ['let your Spotify app read your playlists', () => import('./login.ts')],
  doctor: ['check the set-up, and say how to fix it', () => import('./doctor.ts')],
  get: ['read your playlists into the library, a file here', () => import('./get.ts')],
  sql: ['ask the library a question', () => import('./sql.ts')],
  history: ['show what came into a list and what went', () => import('./history.ts')],
  plays: ['collect what you play, and see what you played most', () => import('./plays.ts')],
  sync: ['keep playlists of your own up with others', () => import('./sync.ts')],
  albums: [
    'measure the albums of artists, and say whether they get shorter',
    () => import('./albums.ts'),
  ],
  dashboard: ['look at all of it in your browser', () => import('./dashboard.ts')],
  local: ['serve the whole system on this machine', () => import('./local.ts')],
  playlists: ['list your playlists and which of them have changed', () => import('./playlists.ts')],
  trigger: ['send the pending rows of a playlists file', () => import('./trigger.ts')],
  export: ['write the tables into files', () => import('./export.ts')],
  pull: ["copy a stage's tables and plays into a library", () => import('./pull.ts')],
  verify: ['find missing rows, malformed rows and wrong counts', () => import('./verify.ts')],
  'deploy-check': [
    'check what a deploy needs, and say what is missing',
    () => import('./deploy-check.ts'),
  ],
  logout: ['delete the stored login', () => import('./logout.ts')],
  completion: [
    'print a completion script for your shell',
    async () => {
      const { createCompletionCommand } = await import('./completion.ts');
      return { command: createCompletionCommand(loadAll) };
    },
  ],
};

async function loadAll(): Promise<Command[]> {
  const names = Object.keys(COMMANDS);
  return (await Promise.all(names.map((name) => loadCommands(name)))).flat();
}

/** The command of that name, loaded; without one, or with an unknown name, only the list of commands. */
export async function loadCommands(name = ''): Promise<Command[]> {
  const [, load] = Object.hasOwn(COMMANDS, name) ? (COMMANDS[name] ?? []) : [];
  if (load !== undefined) return [(await load()).command];
  return Object.entries(COMMANDS).map(([each, [summary]]) => new Command(each).summary(summary));
}
