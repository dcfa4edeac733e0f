/** Where the news of syncs arrives: a queue behind the topics and the bus, and a webhook. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import type { Account } from './account.ts';
import { ACCOUNT, REGION } from './emulator.ts';

export type News = {
  readonly events: readonly { readonly type: string; readonly detail: Record<string, unknown> }[];
  readonly mails: readonly {
    readonly topic: string;
    readonly subject: string;
    readonly text: string;
  }[];
};

const QUEUE = 'news';
const QUEUE_ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}:${QUEUE}`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/news`;

const messagesSchema = z
  .object({ Messages: z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })) })
  .optional();
const bodySchema = z.union([
  z
    .object({ TopicArn: z.string(), Subject: z.string(), Message: z.string() })
    .transform(({ Message: text, Subject: subject, TopicArn }) => ({
      mail: { topic: TopicArn.split(':').at(-1) ?? '', subject, text },
    })),
  z
    .object({ 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) })
    .transform(({ detail, 'detail-type': type }) => ({ event: { type, detail } })),
]);

const quote = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;

/** Without this option, version 1 of the AWS CLI calls the real SQS. */
const toSqs = ({ emulator }: Pick<Account, 'emulator'>, call: string): string =>
  `sqs ${call} --endpoint-url ${emulator.url}`;

/** Subscribes a queue to both topics of the stage, and to its events. */
export async function listen(account: Account): Promise<void> {
  const { aws } = account;
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' };
  const policy = { Statement: [{ ...statement, Resource: QUEUE_ARN }] };
  const attributes = quote({ Policy: JSON.stringify(policy) });
  await aws(toSqs(account, `create-queue --queue-name ${QUEUE} --attributes ${attributes}`));
  for (const topic of ['alarms', 'digest']) {
    const arn = `arn:aws:sns:${REGION}:${ACCOUNT}:spotify-etl-dev-${topic}`;
    await aws(
      `sns subscribe --topic-arn ${arn} --protocol sqs --notification-endpoint ${QUEUE_ARN}`,
    );
  }
  const pattern = { source: ['spotify-etl'], detail: { stage: ['dev'] } };
  await aws(`events put-rule --name news --event-pattern ${quote(pattern)}`);
  await aws(`events put-targets --rule news --targets ${quote([{ Id: 'queue', Arn: QUEUE_ARN }])}`);
}

/** What has arrived since the last look. */
export async function readNews(account: Account): Promise<News> {
  const { aws, emulator } = account;
  const url = `${emulator.url}/${ACCOUNT}/${QUEUE}`;
  const found: z.infer<typeof bodySchema>[] = [];
  for (;;) {
    const answer = await aws(
      toSqs(account, `receive-message --queue-url ${url} --max-number-of-messages 10`),
    );
    const { Messages: messages = [] } = messagesSchema.parse(answer) ?? {};
    if (messages.length === 0) break;
    for (const { Body, ReceiptHandle } of messages) {
      found.push(bodySchema.parse(JSON.parse(Body)));
      const handle = `--receipt-handle ${ReceiptHandle}`;
      await aws(toSqs(account, `delete-message --queue-url ${url} ${handle}`));
    }
  }
  return {
    events: found.flatMap((each) => ('event' in each ? [each.event] : [])),
    mails: found.flatMap((each) => ('mail' in each ? [each.mail] : [])),
  };
}

const webhookSchema = z.object({
  Parameters: z.object({ Body: z.object({ Default: z.string() }) }),
  Resources: z.object({
    Rule: z.object({
      Properties: z.object({
        Targets: z.tuple([
          z.object({
            InputTransformer: z.object({ InputPathsMap: z.record(z.string(), z.string()) }),
          }),
        ]),
      }),
    }),
  }),
});

/** The parts of stack/webhook.yml, whose types the emulator's CloudFormation does not know, made by calls. */
export async function openWebhook({ aws }: Account): Promise<ScriptedServer> {
  const server = await startScriptedServer(() => ({ status: 200, body: '' }));
  const yaml: unknown = parse(await readFile('stack/webhook.yml', 'utf8'), { logLevel: 'error' });
  const { Parameters, Resources } = webhookSchema.parse(yaml);
  const [{ InputTransformer }] = Resources.Rule.Properties.Targets;
  const key = { ApiKeyAuthParameters: { ApiKeyName: 'X-Sent-By', ApiKeyValue: 'spotify-etl' } };
  const connection = z
    .object({ ConnectionArn: z.string() })
    .parse(
      await aws(
        `events create-connection --name hook --authorization-type API_KEY --auth-parameters ${quote(key)}`,
      ),
    );
  const destination = z.object({ ApiDestinationArn: z.string() }).parse(
    await aws(
      // Version 1 of the command line would fetch an address that is a parameter.
      `events create-api-destination --cli-input-json ${quote({
        ...{ Name: 'hook', HttpMethod: 'POST', InvocationEndpoint: server.url.href },
        ConnectionArn: connection.ConnectionArn,
      })}`,
    ),
  );
  const pattern = { source: ['spotify-etl'], 'detail-type': ['sync.applied', 'sync.held'] };
  const target = {
    Id: 'webhook',
    Arn: destination.ApiDestinationArn,
    RoleArn: ROLE_ARN,
    InputTransformer: { ...InputTransformer, InputTemplate: Parameters.Body.Default },
  };
  await aws(`events put-rule --name webhook --event-pattern ${quote(pattern)}`);
  await aws(`events put-targets --rule webhook --targets ${quote([target])}`);
  return server;
}
