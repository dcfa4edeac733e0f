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

/** zsh runs bash's script. */
function toBash(commands: readonly Command[], shell: 'bash' | 'zsh'): string {
  const cases = commands.map(
    (each) => `    ${each.name()}) words="${flagsOf(each).join(' ')} --help" ;;`,
  );
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_spotify_etl() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" words',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    `  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map((each) => each.name()).join(' ')} help --help --version"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _spotify_etl spotify-etl',
  ].join('\n');
}

function toFish(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  return commands
    .flatMap((each) => [
      `complete -c spotify-etl -n __fish_use_subcommand -a ${each.name()} -d ${quote(each.description())}`,
      ...each.options.map(
        ({ description, long }) =>
          `complete -c spotify-etl -n '__fish_seen_subcommand_from ${each.name()}' -l ${String(long).slice(2)} -d ${quote(description)}`,
      ),
    ])
    .join('\n');
}
