/** `spotify-etl deploy-check`: what is missing before `npx sls deploy`, and what to do about it. */
import { Command } from 'commander';
import pc from 'picocolors';
import * as z from 'zod/mini';
import { found } from '../app/examination.ts';
import { readServerlessYml, SERVERLESS_YML, type ServerlessYml } from '../stack/serverless-yml.ts';
import { credentialsCheck, stackChecks, unaskedChecks } from './deploy-check/aws-checks.ts';
import { type AwsFindings, findAws, findIdentity } from './deploy-check/aws-findings.ts';
import type { AwsPlace } from './deploy-check/aws-query.ts';
import { findInstallation } from './deploy-check/installation.ts';
import {
  clientIdCheck,
  dependenciesCheck,
  isRegion,
  nodeCheck,
  regionCheck,
} from './deploy-check/machine-checks.ts';
import type { Check } from './doctor/check.ts';
import { loginChecks } from './doctor/login-checks.ts';
import { toAwsCommand } from './doctor/login-place.ts';
import { checkLines } from './doctor/report.ts';
import { DEFAULT_REGION, readVariable } from './shared/dynamodb-settings.ts';
import { addAwsOptions } from './shared/table-options.ts';

const optionsSchema = z.object({
  stage: z.string(),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
  json: z._default(z.boolean(), false),
});
type Options = z.infer<typeof optionsSchema>;

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('deploy-check')
    .description(
      'Checks Node, packages, client ID, region, credentials, login and what is left of earlier stacks. Changes nothing.',
    )
    .option('--stage <stage>', 'the stage to deploy', 'dev');
  return addAwsOptions(command)
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      process.exitCode = await run(optionsSchema.parse(options));
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl deploy-check --stage dev && npx sls deploy --stage dev',
  '  spotify-etl deploy-check --json | jq .checks',
  '',
  'Exit codes: 0 it can be deployed, 1 something is to be mended, 2 wrong usage.',
].join('\n');

async function run(options: Options): Promise<number> {
  const checks = await check(options);
  const isOk = checks.every(({ status }) => status !== 'fault');
  if (options.json) {
    console.log(JSON.stringify({ ok: isOk, stage: options.stage, checks }, undefined, 2));
  } else {
    for (const line of checkLines(checks, process.stdout.columns)) console.log(line);
    console.log(`\n${verdictLine(checks, options)}`);
  }
  return isOk ? 0 : 1;
}

async function check(options: Options): Promise<Check[]> {
  const { env } = process;
  const [yml, installation] = await Promise.all([
    readServerlessYml(SERVERLESS_YML, options.stage),
    findInstallation(),
  ]);
  const clientId = readVariable(env, 'SPOTIFY_CLIENT_ID');
  return [
    nodeCheck(process.versions.node, installation.oldestNode),
    dependenciesCheck(installation.packages),
    clientIdCheck(clientId),
    regionCheck(options.region, env),
    ...(await checkAws(options, yml, clientId)),
  ];
}

async function checkAws(
  options: Options,
  yml: ServerlessYml,
  clientId: string | undefined,
): Promise<Check[]> {
  const { profile, stage } = options;
  const given = options.region ?? readVariable(process.env, 'AWS_REGION');
  const region = given !== undefined && isRegion(given) ? given : DEFAULT_REGION;
  const place: AwsPlace = { region, profile, environment: process.env };
  const identity = await found(() => findIdentity(place));
  if (!identity.ok) return [credentialsCheck(identity), ...unaskedChecks(yml)];
  const findings = await findAws(place, yml);
  const [stack, tables, ...others] = stackChecks(findings, { stage, yml });
  const login = toLoginChecks(findings, { clientId, options, place, yml });
  const first = [stack, tables].filter((one) => one !== undefined);
  return [credentialsCheck(identity), ...first, ...login, ...others];
}

type About = {
  readonly clientId: string | undefined;
  readonly options: Options;
  readonly place: AwsPlace;
  readonly yml: ServerlessYml;
};

/** As `doctor` judges it; that no client ID is set has been said. */
function toLoginChecks({ login }: AwsFindings, { clientId, options, place, yml }: About): Check[] {
  const ofLogin = login.ok ? login.value?.clientId : undefined;
  return loginChecks(
    { clientId: clientId ?? ofLogin ?? '', login, spotify: undefined },
    {
      logIn: toAwsCommand(options),
      place: `${yml.tokenSecret}, AWS Secrets Manager, ${place.region}`,
      isSimulated: false,
      unusedFile: undefined,
    },
  );
}

function verdictLine(checks: readonly Check[], { profile, region, stage }: Options): string {
  const faults = checks.filter(({ status }) => status === 'fault').length;
  if (faults > 0) {
    return pc.red(`${faults} thing${faults === 1 ? '' : 's'} to mend before a deploy.`);
  }
  const deploy = [
    `npx sls deploy --stage ${stage}`,
    ...(region === undefined ? [] : [`--region ${region}`]),
    ...(profile === undefined ? [] : [`--aws-profile ${profile}`]),
  ].join(' ');
  return checks.every(({ status }) => status === 'ok')
    ? pc.green(`Ready: ${deploy}`)
    : pc.yellow(`Ready, but for what is not marked with ✔: ${deploy}`);
}
