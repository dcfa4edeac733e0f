/** The table of faults names tests that exist and run. */
import { readFile } from 'node:fs/promises';

type Fault = {
  readonly number: number;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
};

async function readFaults(): Promise<Fault[]> {
  const table = await readFile('docs/faults.md', 'utf8');
  return [...table.matchAll(/^\| (\d+) \|.*\|.*\| (.*) \|$/gm)].map(([, number, held = '']) => ({
    number: Number(number),
    tests: [...held.matchAll(/`([^`]+)`: (.+?)(?:;(?= `)|$)/g)].map(
      ([, file = '', title = '']) => ({
        file,
        title,
      }),
    ),
  }));
}

/** A title in the source: the first argument of a test or of `test.each(…)`. */
function toSource(title: string): RegExp {
  const text = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^\\s*(test|it)(\\.each\\b[\\s\\S]*?\\))?\\(\\s*(['"\`])${text}\\3`, 'm');
}

const NOT_RUN = /\b(x(it|test|describe)|(test|it|describe)\.(\w+\.)*(skip|todo|only|failing))\b/;

test('all thirty are there, each held by a test that is there and not skipped', async () => {
  const faults = await readFaults();
  expect(faults.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  for (const { number, tests } of faults) {
    expect([number, tests.length > 0]).toEqual([number, true]);
    for (const { file, title } of tests) {
      const source = await readFile(file, 'utf8');
      const found = toSource(title).exec(source);
      expect([number, file, title, found !== null]).toEqual([number, file, title, true]);
      expect(source).not.toMatch(NOT_RUN);
    }
  }
});
