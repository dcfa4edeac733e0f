import { readFile } from 'node:fs/promises';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';

/** Strict: an option not known here would make our builds differ from the packaged one. */
const esbuildSchema = z.strictObject({
  bundle: z.literal(true),
  minify: z.boolean(),
  platform: z.literal('node'),
  target: z.string(),
  format: z.enum(['cjs', 'esm']),
  mainFields: z.array(z.string()),
  exclude: z.array(z.string()),
  plugins: z.literal('stack/left-out.cjs'),
});

const serverlessSchema = z.object({
  provider: z.object({
    runtime: z.string(),
    environment: z.object({ NODE_OPTIONS: z.optional(z.string()) }),
  }),
  custom: z.object({
    esbuild: esbuildSchema,
    leftOut: z.object({ ingest: z.array(z.string()) }),
  }),
  functions: z.record(z.string(), z.unknown()),
});

export type Packaging = {
  /** As Lambda names it: `nodejs24.x`. */
  readonly runtime: string;
  readonly esbuild: BuildOptions;
  /** What ingest leaves out besides. */
  readonly leftOut: readonly string[];
  /** Names of the functions. */
  readonly functions: readonly string[];
  /** What of the functions' environment changes how Node itself runs. */
  readonly nodeEnvironment: Readonly<Record<string, string>>;
};

/** How `sls package` bundles, read where it reads it. serverless-esbuild hands `exclude` to esbuild as `external`. */
export async function readPackaging(): Promise<Packaging> {
  // CloudFormation's tags (`!Sub`) are unknown to the parser and of no interest here.
  const yaml: unknown = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'error' });
  const { provider, custom, functions } = serverlessSchema.parse(yaml);
  const { exclude, plugins: _, ...options } = custom.esbuild;
  const { NODE_OPTIONS } = provider.environment;
  return {
    runtime: provider.runtime,
    esbuild: { ...options, external: exclude },
    leftOut: custom.leftOut.ingest,
    functions: Object.keys(functions),
    nodeEnvironment: NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS },
  };
}
