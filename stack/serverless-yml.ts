/**
 * What `serverless.yml` says of the tables, for programs that run on a machine: the local stack creates them from it, the
 * commands find them by it. It is a folder of its own because both need it and neither may import the other.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import type { Table } from '../etl/model/records.ts';

/** The definition that a deploy from this checkout uses, wherever a program is started. */
export const SERVERLESS_YML = join(__dirname, '..', 'serverless.yml');

/** The stage of the tables that `npm run local` serves. */
export const LOCAL_STAGE = 'local';

const FILE = /^\$\{file\((.+)\)\}$/;

const parametersSchema = z.record(z.string(), z.union([z.string(), z.number()]));

const tablesSchema = z.record(
  z.enum(['playlist', 'track', 'album', 'artist', 'state']),
  z.string(),
);

const serverlessSchema = z.object({
  service: z.string(),
  plugins: z._default(z.array(z.string()), []),
  params: z._default(z.record(z.string(), parametersSchema), {}),
  custom: z.object({
    tables: tablesSchema,
    tokenSecret: z.string(),
  }),
  /** Each is `${file(stack/tables.yml)}`, or a variable of another kind. */
  resources: z.array(z.string()),
});

const resourcesSchema = z.object({ Resources: z.record(z.string(), z.unknown()) });

export type ServerlessYml = {
  /** What a deploy calls the stack. */
  readonly stackName: string;
  /** Packages that a deploy needs beside Serverless itself. */
  readonly plugins: readonly string[];
  /** `params` of the stage, over those of every stage. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Physical name of each table. */
  readonly tableNames: Readonly<Record<Table, string>>;
  /** Physical name of the table of what functions share about the Spotify app. */
  readonly stateTable: string;
  /** Name of the secret with the user's login. */
  readonly tokenSecret: string;
  /** CloudFormation resources, unresolved. */
  readonly resources: Readonly<Record<string, unknown>>;
  /** Puts in what the file's variables for table names stand for. */
  readonly resolveNames: (text: string) => string;
};

/**
 * Reads `serverless.yml` as it is in a stage.
 *
 * @throws Error where a table's name uses a variable this does not know
 */
export async function readServerlessYml(path: string, stage: string): Promise<ServerlessYml> {
  const yaml = serverlessSchema.parse(await readYaml(path));
  const { custom, params, plugins, resources, service } = yaml;
  const variables = { 'self:service': service, 'sls:stage': stage };
  const names = Object.entries(custom.tables).map(
    ([table, name]) => [table, resolve(name, variables)] as const,
  );
  const namesInResources = Object.fromEntries(
    names.map(([table, name]) => [`self:custom.tables.${table}`, name]),
  );
  const { state: stateTable, ...tableNames } = tablesSchema.parse(Object.fromEntries(names));
  return {
    stackName: `${service}-${stage}`,
    plugins,
    parameters: { ...params.default, ...params[stage] },
    tableNames,
    stateTable,
    tokenSecret: resolve(custom.tokenSecret, variables),
    resources: await readResources(resources, dirname(path)),
    resolveNames: (text) => resolve(text, namesInResources),
  };
}

/** Those of all included files. What a parameter chooses is left out: no table is among it. */
async function readResources(
  variables: readonly string[],
  folder: string,
): Promise<Record<string, unknown>> {
  const included = await Promise.all(
    variables.flatMap((variable) => {
      const file = FILE.exec(variable)?.[1];
      return file === undefined ? [] : [readYaml(join(folder, file))];
    }),
  );
  return Object.fromEntries(
    included.flatMap((yaml) => Object.entries(resourcesSchema.parse(yaml).Resources)),
  );
}

/** CloudFormation's short forms (`!GetAtt`) are unknown to the parser and read as what they stand before; none stands in a table. */
async function readYaml(path: string): Promise<unknown> {
  return parse(await readFile(path, 'utf8'), { logLevel: 'error' });
}

function resolve(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([^}]*)\}/g, (variable, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`serverless.yml: unknown variable ${variable}`);
    return value;
  });
}
