/** `npm run code-lines`: lines of tracked code without blanks and comments, per folder, and the mean width of those lines. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const CODE = /\.[mc]?[jt]s$/;
const YAML = /\.ya?ml$/;

type Count = {
  readonly files: number;
  readonly lines: number;
  readonly characters: number;
};

const NOTHING: Count = { files: 0, lines: 0, characters: 0 };

const product = new Map<string, Count>();
const others = new Map<string, Count>();
for (const path of trackedFiles()) {
  if (!CODE.test(path) && !YAML.test(path)) continue;
  const other = otherRoom(path);
  const rooms = other === undefined ? product : others;
  const room = other ?? (path.includes('/') ? path.slice(0, path.indexOf('/')) : '(root)');
  rooms.set(room, sum([rooms.get(room) ?? NOTHING, countFile(path)]));
}
print('product', product);
print('not counted as product', others);

function trackedFiles(): string[] {
  return execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(path));
}

/** The name of a room that is not product; undefined for product. */
function otherRoom(path: string): string | undefined {
  if (YAML.test(path)) return 'YAML';
  const folder = /^(test|bench|local\/(?:simulator|spotify))\//.exec(path)?.[1];
  return folder ?? (/\.test\.[mc]?[jt]s$/.test(path) ? 'unit tests' : undefined);
}

function countFile(path: string): Count {
  const text = readFileSync(path, 'utf8');
  const lines = text.split(/\r?\n/);
  const isCode = YAML.test(path)
    ? (line: number) => !/^\s*#/.test(lines[line] ?? '')
    : tokenLines(path, text);
  const counted = lines.filter((line, index) => line.trim() !== '' && isCode(index));
  return { files: 1, lines: counted.length, characters: counted.join('').length };
}

/** Says of a line whether a token touches it; a line of comments has none. */
function tokenLines(path: string, text: string): (line: number) => boolean {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const touched = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length > 0) {
      for (const child of children) visit(child);
      return;
    }
    if (node.getStart(file) === node.end) return;
    const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
    const last = file.getLineAndCharacterOfPosition(node.end).line;
    for (let line = first; line <= last; line += 1) touched.add(line);
  };
  visit(file);
  return (line) => touched.has(line);
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((all, one) => ({
    files: all.files + one.files,
    lines: all.lines + one.lines,
    characters: all.characters + one.characters,
  }));
}

function print(title: string, rooms: ReadonlyMap<string, Count>): void {
  const rows = [...rooms].sort(([a], [b]) => a.localeCompare(b));
  console.log(`\n${title.padEnd(24)} files    lines  characters a line`);
  for (const [room, count] of [...rows, ['in all', sum([...rooms.values()])] as const]) {
    const width = (count.characters / count.lines).toFixed(1);
    console.log(
      `${room.padEnd(24)} ${String(count.files).padStart(5)}  ${String(count.lines).padStart(7)}  ${width.padStart(10)}`,
    );
  }
}
