/** `npm run bench`: measures the bounds of this project; see README.md. */
import { cpus } from 'node:os';
import { Argument, Command } from 'commander';
import pc from 'picocolors';
import { benchCli } from './cli.ts';
import { benchDashboard } from './dashboard.ts';
import { benchMemory } from './memory.ts';
import { benchPackage } from './package.ts';
import { type Bench, isHeld, type Report, toText } from './report.ts';
import { benchScaling } from './scaling.ts';
import { benchSpeed } from './speed.ts';
import { openWorkshop } from './workshop.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  package: benchPackage,
  cli: benchCli,
  memory: benchMemory,
  speed: benchSpeed,
  dashboard: benchDashboard,
};

/** A simulation with nothing to measure: only where it is asked for. */
const SCALING = 'scaling';

type Options = { readonly check?: true; readonly json?: true };

const program = new Command('npm run bench --')
  .description(
    'Measures speed, package, start and memory, as ratios to a floor measured in the same run.',
  )
  .addArgument(
    new Argument('[benches...]', 'which to run')
      .choices([...Object.keys(BENCHES), SCALING])
      .default([], 'all but scaling'),
  )
  .option('--check', 'exit with 1 where a bound is broken')
  .option('--json', 'print figures as JSON instead of tables')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run bench\n  npm run bench -- package\n  npm run bench -- scaling\n  npm run --silent bench -- speed memory --json',
  )
  .action((names: readonly string[]) => main(names, program.opts<Options>()));

async function main(names: readonly string[], { check, json }: Options): Promise<void> {
  const reports: Report[] = [];
  let nodeVersion = process.version;
  const add = (report: Report): void => {
    tell('');
    if (json !== true) console.log(`${toText(report)}\n`);
    reports.push(report);
  };
  if (names.some((name) => name !== SCALING) || names.length === 0) {
    nodeVersion = await measure(names, add);
  }
  if (names.includes(SCALING)) add(await benchScaling(tell));
  if (json === true) console.log(toJson(reports, nodeVersion));
  const areHeld = reports.every(({ bounds }) => bounds.every(isHeld));
  process.exitCode = check === true && !areHeld ? 1 : 0;
}

/** Returns the version of Node that all is measured under. */
async function measure(names: readonly string[], add: (report: Report) => void): Promise<string> {
  const workshop = await openWorkshop();
  try {
    for (const [name, bench] of Object.entries(BENCHES)) {
      if (names.length === 0 || names.includes(name)) add(await bench(workshop, tell));
    }
    return workshop.nodeVersion;
  } finally {
    await workshop.close();
  }
}

function toJson(reports: readonly Report[], node: string): string {
  const benches = reports.map(({ bench, bounds, figures }) => ({
    bench,
    bounds: bounds.map((bound) => ({ ...bound, held: isHeld(bound) })),
    figures,
  }));
  return JSON.stringify({ node, cores: cpus().length, benches }, null, 2);
}

/** Progress in one line, which the next replaces. */
function tell(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${what}`);
}

program.parseAsync().catch((error: unknown) => {
  tell('');
  console.error(pc.red(`✖ ${error instanceof Error ? error.message : String(error)}`));
  process.exitCode = 1;
});
