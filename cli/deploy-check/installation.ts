import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import type { NeededPackage } from './machine-checks.ts';

export type Installation = {
  /** As `20.19.0`. */
  readonly oldestNode: string;
  /** What a deploy loads. */
  readonly packages: readonly NeededPackage[];
};

const packageSchema = z.object({ version: z.optional(z.string()) });
const manifestSchema = z.object({ engines: z.object({ node: z.string() }) });
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

const ROOT = dirname(SERVERLESS_YML);

/** What is installed in this checkout, of Serverless, its plugins and what builds the functions. */
export async function findInstallation(root: string = ROOT): Promise<Installation> {
  const [manifest, lock, { plugins }] = await Promise.all([
    readJson(join(root, 'package.json'), manifestSchema),
    readJson(join(root, 'package-lock.json'), lockSchema),
    readServerlessYml(join(root, 'serverless.yml'), 'any'),
  ]);
  const names = ['serverless', 'esbuild', ...plugins.filter((plugin) => !plugin.startsWith('.'))];
  const packages = names.map(async (name) => {
    const path = `node_modules/${name}`;
    const installed = await readJson(join(root, path, 'package.json'), packageSchema).catch(
      () => undefined,
    );
    return { name, locked: lock.packages[path]?.version, installed: installed?.version };
  });
  return {
    oldestNode: manifest.engines.node.replace(/^\D*/, ''),
    packages: await Promise.all(packages),
  };
}

async function readJson<Parsed>(path: string, schema: z.ZodMiniType<Parsed>): Promise<Parsed> {
  return schema.parse(JSON.parse(await readFile(path, 'utf8')));
}
