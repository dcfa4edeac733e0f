/** Commands as the documentation gives them, so that what is tested is what people read. */
import { readFile } from 'node:fs/promises';

async function readBlocks(
  file: string,
  { heading, language }: { readonly heading: string; readonly language: string },
): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const [, below = ''] = text.split(`\n${heading}\n`);
  const [section = ''] = below.split('\n## ');
  const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, name, block = '']) => (name === language ? [block] : []));
}

/** The commands below a heading: lines that start with `$` in its `console` blocks. */
export async function readCommands(file: string, heading: string): Promise<string[]> {
  const blocks = await readBlocks(file, { heading, language: 'console' });
  const lines = blocks.flatMap((block) => block.split('\n').map((line) => line.trim()));
  const commands = lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
  if (commands.length === 0) throw new Error(`${file} has no commands below "${heading}".`);
  return commands;
}

/** The first JSON document below a heading. */
export async function readJson(file: string, heading: string): Promise<string> {
  const [block] = await readBlocks(file, { heading, language: 'json' });
  if (block === undefined) throw new Error(`${file} has no JSON below "${heading}".`);
  return block;
}
