/** `spotify-etl history`: what a list was, and what came and went. */
import { Option } from 'commander';
import * as z from 'zod/mini';
import { type DatedVersion, listVersions } from '../app/library.ts';
import { findList, findNames } from './history/find-list.ts';
import { parseMoment } from './history/moment.ts';
import { changeLines, listLines, toJson } from './history/report.ts';
import { toSteps, versionAt } from './history/versions.ts';
import { defineCommand, field, flag, type OptionsOf } from './shared/command.ts';
import { findFilledLibrary, libraryOption } from './shared/library.ts';
import { writeLine } from './shared/terminal.ts';
import { withLibrary } from './shared/with-library.ts';

const moment = (flags: string, description: string) =>
  field(z.optional(z.string()), new Option(flags, description).argParser(parseMoment));

const options = {
  at: moment('--at <date>', 'the list as it was then: 2026-11-20, or 2026-11-20T18:00Z'),
  diff: moment('--diff <date>', 'what came and went between then and --at, or now'),
  library: libraryOption,
  json: flag('--json', 'print JSON'),
};

export const command = defineCommand({
  name: 'history',
  description: 'Shows what came into a list and what went, as the library has seen it.',
  arguments: [['<list>', 'a playlist, by link, URI, ID or name; liked for Liked Songs']],
  options,
  help: [
    'Examples:',
    '  spotify-etl history "Road Trip"                       every change, the newest first',
    '  spotify-etl history "Road Trip" --at 2026-11-20       the list as it was at the end of that day (UTC)',
    '  spotify-etl history "Road Trip" --diff 2026-11-01     what came and went since',
    '',
    'The library knows what a list was each time `get` read it, not what happened in between.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(
  { at, diff, json, library: given }: OptionsOf<typeof options>,
  [wanted = '']: readonly string[],
): Promise<number> {
  return await withLibrary(findFilledLibrary(given, process.env), async (library) => {
    const list = await findList(library, wanted);
    const versions: DatedVersion[] = [];
    for await (const version of listVersions(library, list.id)) versions.push(version);
    const names = await findNames(library, versions);
    const shown = at !== undefined && diff === undefined ? versionAt(versions, at) : undefined;
    const steps = shown === undefined ? toSteps(versions, { from: diff, to: at }) : [];
    if (json) writeLine(JSON.stringify(toJson({ list, shown, steps, names })));
    else if (shown === undefined) changeLines(list, steps, names).forEach(writeLine);
    else listLines(list, shown, names).forEach(writeLine);
    return 0;
  });
}
