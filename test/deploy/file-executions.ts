/** A stage on the emulator whose state machine goes over a playlists file: the bucket, executions, and what Spotify was asked. */
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBucket, type S3Object } from '../../app/bucket.ts';
import type { Account } from './account.ts';
import { ACCOUNT, OWNER, REGION } from './emulator.ts';

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:spotify-etl-dev-playlists`;

export type Execution = { readonly status: string; readonly output?: string };

/** Deploys from a folder without an installation of its own. */
export async function deployFrom(account: Account, variables = ''): Promise<void> {
  await symlink(resolve('node_modules'), join(account.folder, 'node_modules'));
  const shell = account.shellOf();
  for (const line of ['npx spotify-etl login --store aws', `${variables} npx sls deploy`]) {
    const { code, output } = await shell.run(line);
    if (code !== 0) throw new Error(`$ ${line}\n${output}`);
  }
}

export async function findBucket({ aws }: Account): Promise<string> {
  const outputs = `--query "Stacks[0].Outputs[?OutputKey=='PlaylistsBucketName'].OutputValue"`;
  const stack = '--stack-name spotify-etl-dev';
  const [bucket] = (await aws(`cloudformation describe-stacks ${stack} ${outputs}`)) as string[];
  return bucket ?? '';
}

/** An object of the bucket, as its owner reads and writes it. */
export function openObject({ emulator }: Account, bucket: string, key: string): S3Object {
  const { accessKeyId, secretAccessKey } = OWNER;
  const credentials = { accessKeyId, secretAccessKey };
  return openBucket({ bucket, region: REGION, endpoint: emulator.url, credentials })(key);
}

export async function readText(object: S3Object): Promise<string> {
  return (await object.find())?.body.toString() ?? '';
}

/** As a careful person edits: over the version that they have read. */
export async function editText(object: S3Object, edit: (text: string) => string): Promise<void> {
  for (;;) {
    const found = await object.find();
    const edited = edit(found?.body.toString() ?? '');
    if ((await object.put(Buffer.from(edited), found?.etag)) !== undefined) return;
  }
}

export async function startExecution({ aws }: Account, input: object): Promise<string> {
  const event = `--input '${JSON.stringify(input)}'`;
  const started = await aws(
    `stepfunctions start-execution --state-machine-arn ${MACHINE} ${event}`,
  );
  return (started as { executionArn: string }).executionArn;
}

export async function describeExecution({ aws }: Account, arn: string): Promise<Execution> {
  return (await aws(`stepfunctions describe-execution --execution-arn ${arn}`)) as Execution;
}

/** Waits until the execution has ended, and its answers are in the file. */
export async function waitForEnd(account: Account, arn: string): Promise<Execution> {
  for (;;) {
    const execution = await describeExecution(account, arn);
    if (execution.status === 'FAILED') throw new Error(await explain(account, arn));
    if (execution.status !== 'RUNNING' && (await countMessages(account)) === 0) return execution;
    await sleep(500);
  }
}

async function explain({ aws }: Account, arn: string): Promise<string> {
  const history = await aws(`stepfunctions get-execution-history --execution-arn ${arn}`);
  return `The execution failed: ${JSON.stringify(history).slice(-3_000)}`;
}

async function countMessages({ aws, emulator }: Account): Promise<number> {
  const url = `${emulator.url}/${ACCOUNT}/spotify-etl-dev-answers.fifo`;
  const names = 'ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible';
  const { Attributes } = (await aws(
    `sqs get-queue-attributes --queue-url ${url} --attribute-names ${names} --endpoint-url ${emulator.url}`,
  )) as { Attributes: Record<string, string> };
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/** Ends a process that runs the function of this account, between two instructions; false if none runs. */
export async function killFunction({ emulator }: Account, name: string): Promise<boolean> {
  const variables = [
    `AWS_ENDPOINT_URL=${emulator.url}`,
    `AWS_LAMBDA_FUNCTION_NAME=spotify-etl-dev-${name}`,
  ];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const given = environment.split('\0');
    if (!variables.every((variable) => given.includes(variable))) continue;
    process.kill(Number(pid), 'SIGKILL');
    return true;
  }
  return false;
}
