/** `spotify-etl sync add`: a row for `syncs.csv`, from options or questions. */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import * as z from 'zod/mini';
import { APPLIES } from '../../app/sync-pairs.ts';
import { SYNC_MODES } from '../../etl/model/sync.ts';
import { addToSyncs, readSyncs } from '../../trigger/syncs-file.ts';
import { defineCommand, field, type OptionsOf, optionalText } from '../shared/command.ts';
import { STOPPED_EXIT } from '../shared/exit-codes.ts';
import { openQuestions } from '../shared/questions.ts';
import { writeError, writeLine } from '../shared/terminal.ts';
import { fileOption } from './options.ts';
import { askForPair } from './pair-questions.ts';

const options = {
  name: optionalText('--name <name>', 'how the pair is called'),
  source: optionalText(
    '--source <link>',
    'playlists that you own or collaborate on, with blanks between, or liked',
  ),
  target: optionalText(
    '--target <link>',
    'a playlist of your own, or new:<name>; of a dated pair new:<name>, or nothing',
  ),
  mode: field(
    z.optional(z.enum(SYNC_MODES)),
    new Option('--mode <mode>', 'what happens to the target (default: append)').choices(SYNC_MODES),
  ),
  apply: field(
    z.optional(z.enum(APPLIES)),
    new Option('--apply <when>', 'ask first, or not (default: ask)').choices(APPLIES),
  ),
  maxRemovals: optionalText(
    '--max-removals <n>',
    'how many items a run may remove (default: 20, and half of what the pair owns)',
  ),
  file: fileOption,
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'add',
  description:
    'Writes a pair into syncs.csv. Asks, unless --name, --source and --target are given.',
  options,
  help: [
    'Examples:',
    '  spotify-etl sync add',
    '  spotify-etl sync add --name Inbox --source <link> --target new:Archive',
    '  spotify-etl sync add --name Likes --source liked --target new:Likes --mode mirror',
    "  spotify-etl sync add --name Weekly --source '<link> <link>' --mode dated",
    '',
    'Modes: append adds what the target lacks; append-newest-first adds it at the',
    'top; append-once leaves out what you have taken out of the target; inbox',
    'appends, and then takes out of the source what the target has; dated makes a',
    'list for each week; mirror keeps the items that it has added equal to the',
    'source, and leaves yours alone; mirror-exact makes the whole target equal to',
    'the source.',
    '',
    'Exit codes: 0 done, 2 wrong usage, 130 stopped.',
  ],
  run,
});

async function run({ file, maxRemovals: max_removals, ...given }: Options): Promise<number> {
  const others = existsSync(file) ? await readSyncs(file) : [];
  const asking = process.stdin.isTTY ? openQuestions() : undefined;
  try {
    const row = await askForPair({ ...given, max_removals }, others, {
      question: asking?.question,
      complain: writeError,
    });
    if (row === undefined) return STOPPED_EXIT;
    await addToSyncs(file, row);
    const name = /^[\w.-]+$/.test(row.name) ? row.name : `'${row.name.replaceAll("'", "'\\''")}'`;
    writeLine(`Added to ${file}. See what it would do: npx spotify-etl sync plan ${name}`);
    return 0;
  } finally {
    asking?.close();
  }
}
