/** `spotify-etl completion`: names of commands and options for bash, zsh and fish. */
import { Argument, Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Loads all commands, only when it is run. */
export const createCompletionCommand = (loadAll: () => Promise<readonly Command[]>): Command =>
  new Command('completion')
    .description('Prints a script that completes commands and options.')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  source <(spotify-etl completion bash)                     in ~/.bashrc',
        '  source <(spotify-etl completion zsh)                      in ~/.zshrc, after compinit',
        '  spotify-etl completion fish > ~/.config/fish/completions/spotify-etl.fish',
        '',
        'Exit codes: 0 done, 2 wrong usage.',
      ].join('\n'),
    )
    .exitOverride()
    .action(async (shell: (typeof SHELLS)[number]) => {
      const commands = await loadAll();
      console.log(shell === 'fish' ? toFish(commands) : toBash(commands, shell));
    });

const flagsOf = (each: Command): string[] =>
  each.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));

type Place = { readonly path: string; readonly command: Command };

/** Subcommands come before their command: the first pattern that matches counts. */
const placesOf = (commands: readonly Command[], parent = ''): Place[] =>
  commands.flatMap((command) => {
    const path = `${parent}${command.name()}`;
    return [...placesOf(command.commands, `${path} `), { path, command }];
  });

const namesOf = (commands: readonly Command[]): string =>
  commands.map((each) => each.name()).join(' ');

/** zsh runs bash's script. */
function toBash(commands: readonly Command[], shell: 'bash' | 'zsh'): string {
  const cases = placesOf(commands).map(({ command, path }) => {
    const words = [namesOf(command.commands), ...flagsOf(command), '--help'].join(' ');
    return `    '${path}'|'${path} '*) words="${words.trim()}" ;;`;
  });
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_spotify_etl() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" path="${COMP_WORDS[1]}" words',
    '  [ "$COMP_CWORD" -gt 2 ] && path="$path ${COMP_WORDS[2]}"',
    '  case "$path" in',
    ...cases,
    '  esac',
    `  [ "$COMP_CWORD" -eq 1 ] && words="${namesOf(commands)} help --help --version"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _spotify_etl spotify-etl',
  ].join('\n');
}

function toFish(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const complete = (condition: string, what: string, description: string): string =>
    `complete -c spotify-etl -n ${quote(condition)} ${what} -d ${quote(description)}`;
  const seen = (names: string): string => `__fish_seen_subcommand_from ${names}`;
  const linesOf = (command: Command, isBefore: string, isIn: string): string[] => [
    complete(isBefore, `-a ${command.name()}`, command.description()),
    ...command.options.map(({ description, long }) =>
      complete(isIn, `-l ${String(long).slice(2)}`, description),
    ),
    ...command.commands.flatMap((each) =>
      linesOf(
        each,
        `${isIn}; and not ${seen(namesOf(command.commands))}`,
        `${isIn}; and ${seen(each.name())}`,
      ),
    ),
  ];
  return commands
    .flatMap((each) => linesOf(each, '__fish_use_subcommand', seen(each.name())))
    .join('\n');
}
