import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import type { NeededPackage } from './machine-checks.ts';

export type Installation = {
  /** Such as `22.13.0`. */
  readonly oldestNode: string;
  readonly packages: readonly NeededPackage[];
};

const packageSchema = z.object({ version: z.optional(z.string()) });
const manifestSchema = z.object({ engines: z.object({ node: z.string() }) });
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

/** What this checkout has of Serverless, these plugins, and what builds the functions. */
export async function findInstallation(plugins: readonly string[]): Promise<Installation> {
  const [manifest, lock] = await Promise.all([
    readJson('package.json', manifestSchema),
    readJson('package-lock.json', lockSchema),
  ]);
  const names = ['serverless', 'esbuild', ...plugins.filter((plugin) => !plugin.startsWith('.'))];
  const packages = names.map(async (name) => {
    const path = `node_modules/${name}`;
    const installed = await readJson(`${path}/package.json`, packageSchema).catch(() => undefined);
    return { name, locked: lock.packages[path]?.version, installed: installed?.version };
  });
  return {
    oldestNode: manifest.engines.node.replace(/^\D*/, ''),
    packages: await Promise.all(packages),
  };
}

async function readJson<Parsed>(path: string, schema: z.ZodMiniType<Parsed>): Promise<Parsed> {
  const text = await readFile(join(dirname(SERVERLESS_YML), path), 'utf8');
  return schema.parse(JSON.parse(text));
}
