import type { ExportFormat } from '../../etl/model/imports.ts';

/** What of an export is read. `songs`: lists of the account data that know the URIs of songs. */
export type ExportKind = ExportFormat | 'songs';

/** By the name alone, in any folder: people unpack, rename and pack again. */
const NAMES: readonly (readonly [RegExp, ExportKind])[] = [
  [/^(?:endsong|endvideo|streaming_history_(?:audio|video))[^/]*$/i, 'extended'],
  [/^streaminghistory(?:_(?:music|podcast|audiobook))?_?\d*$/i, 'account'],
  [/^(?:yourlibrary|playlist\d*)$/i, 'songs'],
];

/** Undefined for every other file of an export, which is never opened. */
export function recognise(path: string): ExportKind | undefined {
  const base = path.split(/[/\\]/).at(-1) ?? '';
  const name = /^(.*?)(?:\.json)+$/i.exec(base)?.[1];
  return name === undefined ? undefined : NAMES.find(([names]) => names.test(name))?.[1];
}
