/** Builds the measured programs once per `npm run bench`: the packaged function and the others. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { unzipSync } from 'fflate';
import { NODE } from './children.ts';
import { type Packaging, readPackaging } from './serverless-yml.ts';

/** Our programs that run in separate processes, by name. */
const PROGRAMS = {
  'document-client': require.resolve('./programs/document-client.ts'),
  floor: require.resolve('./programs/floor.ts'),
  ingest: require.resolve('./programs/ingest.ts'),
  load: require.resolve('./programs/load.ts'),
};

export type Packaged = {
  readonly path: string;
  readonly bytes: number;
  readonly zipBytes: number;
};

export type Workshop = {
  /** Of the Node that all is measured under. */
  readonly nodeVersion: string;
  /** What every measured program runs with, as the functions do. */
  readonly nodeEnvironment: Packaging['nodeEnvironment'];
  /** Folder for what a bench writes; gone at the end, and outside of the project, so nothing resolves to its packages. */
  readonly folder: string;
  /** Each function as `sls package` makes it: the very files that are deployed. */
  readonly packages: Readonly<Record<string, Packaged>>;
  /** That of ingest. */
  readonly packaged: Packaged;
  /** What ingest is made of. */
  readonly metafile: Metafile;
  /** A file with nothing in it. */
  readonly emptyPath: string;
  /** Bundled program of this name. */
  readonly program: (name: keyof typeof PROGRAMS) => string;
  readonly close: () => Promise<void>;
};

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-bench-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const packaging = await readPackaging();
    const nodeVersion = await readNodeVersion(packaging);
    const packages = await packageFunctions(folder, packaging);
    const { ingest: packaged } = packages;
    if (packaged === undefined) throw new Error('serverless.yml has no function ingest.');
    const metafile = await describeIngest(packaging, await readFile(packaged.path));
    const { 'document-client': documentClient, ...programs } = PROGRAMS;
    await build({ ...packaging.esbuild, entryPoints: programs, outdir: folder });
    // The full SDK, so that leaving parts out counts for the function.
    await build({
      ...packaging.esbuild,
      external: [],
      entryPoints: { 'document-client': documentClient },
      outdir: folder,
    });
    const emptyPath = join(folder, 'empty.js');
    await writeFile(emptyPath, '');
    return {
      nodeVersion,
      nodeEnvironment: packaging.nodeEnvironment,
      folder,
      packages,
      packaged,
      metafile,
      emptyPath,
      program: (name) => join(folder, `${name}.js`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const run = promisify(execFile);

/** Figures of another Node than the deployed one would be useless. */
async function readNodeVersion({ runtime }: Packaging): Promise<string> {
  const { stdout } = await run(NODE, ['--version']);
  if (runtime !== `nodejs${/^v(\d+)/.exec(stdout)?.[1]}.x`) {
    throw new Error(`The package node is ${stdout.trim()}, the functions run on ${runtime}.`);
  }
  return stdout.trim();
}

async function packageFunctions(
  folder: string,
  { functions }: Packaging,
): Promise<Record<string, Packaged>> {
  const output = join(folder, 'package');
  await run(
    process.execPath,
    [require.resolve('serverless/bin/serverless.js'), 'package', '--package', output],
    // serverless-esbuild leaves its copies in the temporary folder.
    { env: { ...process.env, TMPDIR: folder, SLS_TELEMETRY_DISABLED: '1' } },
  );
  const packages = functions.map(async (name): Promise<[string, Packaged]> => {
    const zip = await readFile(join(output, `${name}.zip`));
    // Next to it can be what it reads when it runs.
    const code = unzipSync(zip)[`handlers/${name}.js`];
    if (code === undefined) throw new Error(`handlers/${name}.js is not in ${name}.zip.`);
    const path = join(folder, `packaged-${name}.js`);
    await writeFile(path, code);
    return [name, { path, bytes: code.length, zipBytes: zip.length }];
  });
  return Object.fromEntries(await Promise.all(packages));
}

type Plugins = (options: { service: { custom: { leftOut: object } } }) => Plugin[];

/** Builds the function again for the list of its parts, and compares the result with the packaged file. */
async function describeIngest(
  { esbuild, leftOut }: Packaging,
  packaged: Buffer,
): Promise<Metafile> {
  const plugins = createRequire(__filename)('../stack/left-out.cjs') as Plugins;
  const { metafile, outputFiles } = await build({
    ...esbuild,
    plugins: plugins({ service: { custom: { leftOut: { ingest: leftOut } } } }),
    entryPoints: [join('handlers', 'ingest.ts')],
    metafile: true,
    write: false,
  });
  const [bundle] = outputFiles;
  if (bundle === undefined || !packaged.equals(bundle.contents)) {
    throw new Error('serverless.yml bundles otherwise than this bench understands it.');
  }
  return metafile;
}
