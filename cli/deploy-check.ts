/** `spotify-etl deploy-check`: what is missing before `npx sls deploy`, and what to do about it. */
import pc from 'picocolors';
import { readServerlessYml, SERVERLESS_YML } from '../stack/serverless-yml.ts';
import { checkAws } from './deploy-check/aws-checks.ts';
import * as machine from './deploy-check/machine-checks.ts';
import type { Checks } from './doctor/check.ts';
import { toSecretPlace, toStageOptions } from './doctor/login-place.ts';
import { has, report } from './doctor/report.ts';
import { defineCommand, flag, type OptionsOf, text } from './shared/command.ts';
import { DEFAULT_REGION, readVariable } from './shared/dynamodb-settings.ts';
import { requireCheckout } from './shared/environment.ts';
import { awsOptions } from './shared/options.ts';

const options = {
  stage: text('--stage <stage>', 'the stage to deploy', 'dev'),
  ...awsOptions,
  json: flag('--json', 'print the findings as JSON'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'deploy-check',
  description:
    'Checks Node, packages, client ID, region, credentials, login and remains of earlier stacks. Changes nothing.',
  options,
  help: [
    'Examples:',
    '  spotify-etl deploy-check --stage dev && npx sls deploy --stage dev',
    '  spotify-etl deploy-check --json | jq .checks',
    '',
    'Exit codes: 0 ready to deploy, 1 there is something to fix, 2 wrong usage.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  requireCheckout('deploy-check');
  const { json, stage } = given;
  const checks = await check(given);
  const deploy = `npx sls deploy ${toStageOptions(given, '--aws-profile')}`;
  return report(checks, {
    json,
    facts: { stage },
    toFix: 'to fix before you deploy.',
    passed:
      has(checks, 'warning') || has(checks, 'unknown')
        ? pc.yellow(`Ready, but look at the lines without ✔: ${deploy}`)
        : pc.green(`Ready: ${deploy}`),
  });
}

async function check(given: Options): Promise<Checks> {
  const { env } = process;
  const { profile, stage } = given;
  const yml = await readServerlessYml(SERVERLESS_YML, stage);
  const { oldestNode, packages } = await machine.findInstallation(yml.plugins);
  const clientId = readVariable(env, 'SPOTIFY_CLIENT_ID');
  const named = given.region ?? readVariable(env, 'AWS_REGION') ?? DEFAULT_REGION;
  const region = machine.isRegion(named) ? named : DEFAULT_REGION;
  return {
    Node: machine.judgeNode(process.versions.node, oldestNode),
    dependencies: machine.judgeDependencies(packages),
    'client ID': machine.judgeClientId(clientId),
    region: machine.judgeRegion(given.region, env),
    ...(await checkAws({
      stage,
      yml,
      place: { region, ...(profile === undefined ? {} : { profile }) },
      loginPlace: toSecretPlace(yml.tokenSecret, region, given),
      clientId,
    })),
  };
}
