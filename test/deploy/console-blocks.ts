/** Commands as the documentation gives them, so that what is tested is what people read. */
import { readFile } from 'node:fs/promises';

/** The commands of the first `console` block below a heading: its lines that start with `$`. */
export async function readCommands(file: string, heading: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const [, section] = text.split(`\n${heading}\n`);
  const [, block] = /```console\n([\s\S]*?)```/.exec(section ?? '') ?? [];
  if (block === undefined) throw new Error(`${file} has no console block below "${heading}".`);
  return block
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));
}
