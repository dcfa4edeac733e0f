/**
 * Reads the tables from `serverless.yml`: the local stack creates them from it, the commands find their names in it. It is a
 * separate folder because the two must not import each other.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';

/** The `serverless.yml` of this checkout, regardless of the current folder. */
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

export type ServerlessYml = ReturnType<typeof toServerlessYml>;

/**
 * Reads `serverless.yml` for a stage.
 *
 * @throws Error for an unknown variable in a table's name
 */
export async function readServerlessYml(path: string, stage: string): Promise<ServerlessYml> {
  const yaml = serverlessSchema.parse(await readYaml(path));
  return toServerlessYml(yaml, stage, await readResources(yaml.resources, dirname(path)));
}

function toServerlessYml(
  { custom, params, plugins, service }: z.infer<typeof serverlessSchema>,
  stage: string,
  resources: Readonly<Record<string, unknown>>,
) {
  const variables = { 'self:service': service, 'sls:stage': stage };
  const names = Object.entries(custom.tables).map(
    ([table, name]) => [table, resolve(name, variables)] as const,
  );
  const namesInResources = Object.fromEntries(
    names.map(([table, name]) => [`self:custom.tables.${table}`, name]),
  );
  const { state: stateTable, ...tableNames } = tablesSchema.parse(Object.fromEntries(names));
  return {
    /** Name of the CloudFormation stack. */
    stackName: `${service}-${stage}`,
    /** Packages that a deploy needs besides Serverless. */
    plugins,
    /** `params` of the stage, over those of every stage. */
    parameters: { ...params.default, ...params[stage] },
    /** Physical name of each table. */
    tableNames,
    /** Physical name of the table with the functions' shared state. */
    stateTable,
    /** Name of the secret with the user's login. */
    tokenSecret: resolve(custom.tokenSecret, variables),
    /** CloudFormation resources, unresolved. */
    resources,
    /** Replaces the file's variables for table names. */
    resolveNames: (text: string) => resolve(text, namesInResources),
  };
}

/** The resources of all included files, without those that a parameter chooses: they have no table. */
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

/** The parser ignores CloudFormation's short forms (`!GetAtt`); tables have none. */
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
