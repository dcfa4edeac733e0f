/** What AWS's answers mean for a deploy. Pure. */
import type { Found } from '../../app/examination.ts';
import type { ServerlessYml } from '../../stack/serverless-yml.ts';
import { type Check, fault, ok, unknown, warning } from '../doctor/check.ts';
import { messageOf } from '../doctor/error-words.ts';
import type { AwsFindings, Identity, Stack } from './aws-findings.ts';
import { AwsRefusal } from './aws-query.ts';
import { scheduleFault } from './machine-checks.ts';

type Target = { readonly stage: string; readonly yml: ServerlessYml };

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const LOG_IN = 'Log in to AWS again (aws sso login), or name another --profile.';

export function credentialsCheck(identity: Found<Identity>): Check {
  const name = 'credentials';
  if (identity.ok) {
    const { account, arn } = identity.value;
    return ok(name, `Account ${account}, as ${arn}.`);
  }
  const { error } = identity;
  if (!(error instanceof AwsRefusal)) {
    const { cause } = error instanceof Error ? error : { cause: undefined };
    const why = cause === undefined ? messageOf(error) : messageOf(cause).replace(/\.?$/, '.');
    return fault(
      name,
      `None that can be used. ${why}`,
      'Run aws configure or aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --profile.',
    );
  }
  if (error.code === 'UNREACHABLE') {
    return fault(name, error.message, 'Check the network, and the region.');
  }
  if (EXPIRED.has(error.code)) return fault(name, 'They have expired.', LOG_IN);
  return fault(name, `AWS does not accept them (${error.code}).`, LOG_IN);
}

const NOT_ASKED = 'Not asked: what is said above comes first.';

/** Of what could not be asked, because nobody is known to AWS. */
export function unaskedChecks(yml: ServerlessYml): Check[] {
  const schedule = scheduleFault(yml.parameters) ?? unknown('schedule', NOT_ASKED);
  return [...['stack', 'tables', 'login'].map((name) => unknown(name, NOT_ASKED)), schedule];
}

/** The stack and its parts; the login has words of its own. */
export function stackChecks(findings: AwsFindings, target: Target): Check[] {
  return [
    stackCheck(findings.stack, target),
    tablesCheck(findings, target),
    ...concurrencyChecks(findings, target),
    scheduleCheck(findings, target),
  ];
}

function stackCheck(stack: Found<Stack | undefined>, { stage, yml }: Target): Check {
  const { stackName } = yml;
  const name = 'stack';
  if (!stack.ok) return unknown(name, refusalOf(stack.error, 'cloudformation:DescribeStacks'));
  const status = stack.value?.status;
  if (status === undefined) return ok(name, `None called ${stackName} yet: the deploy makes it.`);
  if (status.endsWith('_IN_PROGRESS')) {
    return fault(name, `${stackName} is being changed (${status}).`, 'Wait until that is over.');
  }
  if (['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'].includes(status)) {
    return fault(
      name,
      `${stackName} is what an attempt that failed has left (${status}); it cannot be deployed to.`,
      `Remove it: npx sls remove --stage ${stage}. Tables with rows in them stay.`,
    );
  }
  return status === 'UPDATE_ROLLBACK_FAILED'
    ? fault(
        name,
        `${stackName} is stuck on its way back from a deploy that failed (${status}).`,
        `aws cloudformation continue-update-rollback --stack-name ${stackName}`,
      )
    : ok(name, `${stackName} is there (${status}): the deploy brings it up to date.`);
}

function tablesCheck({ stack, tables }: AwsFindings, { stage }: Target): Check {
  const name = 'tables';
  const refused = [...tables.values()].find(({ ok: isKnown }) => !isKnown);
  if (refused?.ok === false) {
    return unknown(name, refusalOf(refused.error, 'dynamodb:DescribeTable'));
  }
  if (!stack.ok) return unknown(name, NOT_ASKED);
  const ours = new Set(stack.value?.resources.values());
  const there = [...tables].flatMap(([table, rows]) =>
    rows.ok && rows.value !== undefined ? [{ table, rows: rows.value }] : [],
  );
  const left = there.filter(({ table }) => !ours.has(table));
  if (left.length === 0) {
    return there.length === 0
      ? ok(name, 'None yet: the deploy makes them.')
      : ok(name, `${there.length} are the stack's own; a deploy keeps their rows.`);
  }
  const list = left.map(({ rows, table }) => `${table} (about ${rows} rows)`).join(', ');
  return fault(
    name,
    `There already, and of no stack, as after a removal or a first deploy that failed: ${list}. The deploy would end with "already exists".`,
    `Delete those with 0 rows; if others are left, take them into the new stack, or deploy with another --stage than ${stage}: docs/deploy-check.md says how.`,
  );
}

/** AWS keeps so many for functions that reserve none, and refuses to reserve the last of them. */
const KEPT_FREE = 10;

function concurrencyChecks({ freeConcurrency, stack }: AwsFindings, { yml }: Target): Check[] {
  const name = 'concurrency';
  if (freeConcurrency === undefined) return [];
  if (!freeConcurrency.ok) {
    return [unknown(name, refusalOf(freeConcurrency.error, 'lambda:GetAccountSettings'))];
  }
  const wanted = Number(yml.parameters.reservedConcurrency);
  const free = freeConcurrency.value;
  // What a stack has reserved before is no longer free, and is not taken a second time.
  if (free - wanted >= KEPT_FREE || (stack.ok && stack.value !== undefined)) {
    return [ok(name, `${wanted} of the ${free} that the account has free are reserved.`)];
  }
  return [
    fault(
      name,
      `The account has ${free} free, and ${KEPT_FREE} of them must stay so: ${wanted} cannot be reserved.`,
      'Take reservedConcurrency out of params in serverless.yml, or ask AWS for a higher limit (Service Quotas, Lambda, concurrent executions).',
    ),
  ];
}

function scheduleCheck({ playlistsFile, stack }: AwsFindings, { yml }: Target): Check {
  const name = 'schedule';
  const { schedule, scheduleState } = yml.parameters;
  const broken = scheduleFault(yml.parameters);
  if (broken !== undefined) return broken;
  if (scheduleState === 'DISABLED') {
    return ok(name, 'Off. trigger/README.md says how to switch it on.');
  }
  const bucket = stack.ok ? stack.value?.resources.get('PlaylistsBucket') : undefined;
  const put = `aws s3 cp playlists.csv s3://${bucket ?? '<PlaylistsBucketName>'}/playlists.csv`;
  if (playlistsFile === undefined) {
    return warning(
      name,
      `${schedule}, and no bucket yet: it starts in vain until a file is there.`,
      `After the deploy, whose end names the bucket: ${put}`,
    );
  }
  if (!playlistsFile.ok) {
    return warning(name, `${schedule}; ${messageOf(playlistsFile.error)}`, 'Correct the file.');
  }
  const file = playlistsFile.value;
  return file === undefined
    ? warning(name, `${schedule}, but there is no playlists.csv that may be read.`, put)
    : ok(name, `${schedule}: playlists.csv has ${file.rows} rows, ${file.pending} pending.`);
}

/** Who may deploy may mostly look as well; who may not is not kept from deploying. */
function refusalOf(error: unknown, action: string): string {
  const isDenied = error instanceof AwsRefusal && error.code.startsWith('AccessDenied');
  return isDenied ? `AWS does not let you look: you lack ${action}.` : messageOf(error);
}
