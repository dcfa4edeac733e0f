/** What AWS's answers mean for a deploy. */

import { findLogin, SecretTokenStore } from '../../app/login.ts';
import { maskAwsError } from '../../lib/mask-secrets.ts';
import { type Result, settle } from '../../lib/result.ts';
import { messageOf } from '../../lib/usage-error.ts';
import type { ServerlessYml } from '../../stack/serverless-yml.ts';
import {
  type Checks,
  fault,
  ok,
  SKIPPED,
  unknown,
  type Verdict,
  warning,
} from '../doctor/check.ts';
import { loginChecks } from '../doctor/login-checks.ts';
import type { LoginPlace } from '../doctor/login-place.ts';
import { describeAws, isDenied } from '../shared/failures.ts';
import * as look from './aws-findings.ts';
import { judgeScheduleForm } from './machine-checks.ts';

export type Target = {
  readonly stage: string;
  readonly yml: ServerlessYml;
  readonly place: look.AwsPlace;
  readonly loginPlace: LoginPlace;
  readonly clientId: string | undefined;
};

/** Asks AWS everything at once, after it has accepted the credentials. */
export async function checkAws(target: Target): Promise<Checks> {
  const { place, yml } = target;
  const identity = await settle(() => look.findIdentity(place));
  if (identity.ok) return checkAll(identity.value, target);
  return {
    credentials: judgeRefusal(identity.error),
    ...{ stack: SKIPPED, tables: SKIPPED, login: SKIPPED },
    schedule: judgeScheduleForm(yml.parameters) ?? SKIPPED,
  };
}

async function checkAll({ account, arn }: look.Identity, target: Target): Promise<Checks> {
  const { clientId, loginPlace, place, stage, yml } = target;
  const { reservedConcurrency, scheduleState } = yml.parameters;
  const [stack, tables, login, concurrency] = await Promise.all([
    settle(() => look.findStack(place, yml.stackName)),
    settle(() => look.findTables(place, [...Object.values(yml.tableNames), yml.stateTable])),
    settle(() => findLogin(new SecretTokenStore(yml.tokenSecret, place), Date.now())),
    reservedConcurrency === undefined ? undefined : settle(() => look.findFreeConcurrency(place)),
  ]);
  const known = valueOf(stack);
  const bucket = known?.resources.get('PlaylistsBucket');
  const isScheduled = scheduleState === 'ENABLED' && bucket !== undefined;
  const file = isScheduled ? await settle(() => look.findPlaylistsFile(place, bucket)) : undefined;
  return {
    credentials: ok(`Account ${account}, as ${arn}.`),
    stack: judge(stack, 'cloudformation:DescribeStacks', (value) => judgeStack(value, target)),
    tables: judge(tables, 'dynamodb:DescribeTable', (value) =>
      stack.ok ? judgeTables(value, known, stage) : SKIPPED,
    ),
    // A missing client ID is a separate check.
    ...loginChecks(
      { clientId: clientId ?? valueOf(login)?.client_id ?? '', login, spotify: undefined },
      loginPlace,
    ),
    concurrency:
      concurrency &&
      judge(concurrency, 'lambda:GetAccountSettings', (free) =>
        judgeConcurrency(free, Number(reservedConcurrency), known),
      ),
    schedule: judgeScheduleForm(yml.parameters) ?? judgeSchedule(yml.parameters, bucket, file),
  };
}

const valueOf = <Value>(result: Result<Value>): Value | undefined =>
  result.ok ? result.value : undefined;

/** Most people who can deploy can also read; without permission to read, you can still deploy. */
function judge<Value>(
  result: Result<Value>,
  action: string,
  verdict: (value: Value) => Verdict,
): Verdict {
  if (result.ok) return verdict(result.value);
  return isDenied(result.error)
    ? unknown(`You lack the permission ${action}.`)
    : unknown(messageOf(maskAwsError(result.error)));
}

function judgeRefusal(error: unknown): Verdict {
  const words = describeAws(error);
  const why = messageOf(maskAwsError(error)).replace(/\.?$/, '.');
  return words === undefined
    ? fault(why, 'Run this again in a minute; if that does not help, please report it.')
    : fault(`${words.message} ${why}`, words.fix);
}

function judgeStack(
  stack: look.Stack | undefined,
  { stage, yml: { stackName } }: Pick<Target, 'stage' | 'yml'>,
): Verdict {
  if (stack === undefined) return ok(`${stackName} does not exist yet: the deploy creates it.`);
  const { status } = stack;
  if (status.endsWith('_IN_PROGRESS')) {
    return fault(`${stackName} is being changed (${status}).`, 'Wait until that is over.');
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return fault(
      `${stackName} is stuck in the rollback of a failed deploy (${status}).`,
      `aws cloudformation continue-update-rollback --stack-name ${stackName}`,
    );
  }
  return /^(?:ROLLBACK_|CREATE_FAILED|DELETE_FAILED)/.test(status)
    ? fault(
        `${stackName} is left over from a failed attempt (${status}); it cannot be deployed to.`,
        `Remove it: npx sls remove --stage ${stage}. Tables with rows in them stay.`,
      )
    : ok(`${stackName} exists (${status}): the deploy updates it.`);
}

function judgeTables(
  tables: ReadonlyMap<string, number>,
  stack: look.Stack | undefined,
  stage: string,
): Verdict {
  if (tables.size === 0) return ok('None yet: the deploy creates them.');
  const ours = new Set(stack?.resources.values());
  const left = [...tables].filter(([table]) => !ours.has(table));
  if (left.length === 0) {
    return ok(`${tables.size} belong to the stack; a deploy keeps their rows.`);
  }
  const list = left.map(([table, rows]) => `${table} (about ${rows} rows)`).join(', ');
  return fault(
    `They exist and belong to no stack, as after a removal or a failed first deploy: ${list}. The deploy would end with "already exists".`,
    `Delete those with 0 rows. Import the others into the new stack, or deploy another --stage than ${stage}: docs/deploy-check.md says how.`,
  );
}

/** AWS requires this many unreserved ones. */
const KEPT_FREE = 10;

export function judgeConcurrency(
  free: number,
  wanted: number,
  stack: look.Stack | undefined,
): Verdict {
  // A stack's own reservation is not free, and is not reserved again.
  return stack !== undefined || free - wanted >= KEPT_FREE
    ? ok(`${wanted} reserved, of ${free} free in the account.`)
    : fault(
        `The account has ${free} free, and ${KEPT_FREE} must stay free: ${wanted} cannot be reserved.`,
        'Remove reservedConcurrency from params in serverless.yml, or ask AWS for a higher limit (Service Quotas, Lambda, concurrent executions).',
      );
}

/** Expects a valid schedule. `file` is undefined if nobody looked for it. */
export function judgeSchedule(
  { schedule, scheduleState }: ServerlessYml['parameters'],
  bucket = '<PlaylistsBucketName>',
  file: Result<look.PlaylistsFile | undefined> | undefined,
): Verdict {
  if (scheduleState === 'DISABLED') return ok('Off. trigger/README.md says how to switch it on.');
  const put = `aws s3 cp playlists.csv s3://${bucket}/playlists.csv`;
  if (file === undefined) {
    return warning(
      `${schedule}, and no bucket yet: nothing is sent until a file is there.`,
      `After the deploy, which prints the bucket's name: ${put}`,
    );
  }
  if (!file.ok) return warning(`${schedule}; ${messageOf(file.error)}`, 'Correct the file.');
  return file.value === undefined
    ? warning(`${schedule}, but there is no playlists.csv that you can read.`, put)
    : ok(`${schedule}: playlists.csv has ${file.value.rows} rows, ${file.value.pending} pending.`);
}
