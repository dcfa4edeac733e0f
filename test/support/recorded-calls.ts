/** What a function asks of AWS, taken down on the wire between it and the service. */
import { startScriptedServer } from './scripted-server.ts';

/** As IAM would judge it: an action on a resource, such as `dynamodb:GetItem spotify-etl-dev-track`. */
export type AwsCall = string;

export type Recorder = {
  /** Where the function finds the service. */
  readonly url: string;
  readonly calls: readonly AwsCall[];
};

type Body = {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly SecretId?: string;
};

/** Stands for EventBridge and SNS, which take everything. */
export async function startTaker(): Promise<Recorder> {
  const calls: AwsCall[] = [];
  const { url } = await startScriptedServer(({ body, headers }) => {
    const target = String(headers['x-amz-target'] ?? '');
    if (target.startsWith('AWSEvents.')) {
      calls.push(`events:${target.slice('AWSEvents.'.length)} default`);
      const { Entries = [] } = JSON.parse(body) as { Entries?: unknown[] };
      return toJson({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: '1' })) });
    }
    const query = new URLSearchParams(body);
    calls.push(`sns:${query.get('Action') ?? ''} ${query.get('TopicArn') ?? ''}`);
    return {
      headers: { 'content-type': 'text/xml' },
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
    };
  });
  return { url: url.origin, calls };
}

const toJson = (body: unknown) => ({
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body,
});

/** Stands before DynamoDB or Secrets Manager and hands everything on; `closeScriptedServers` ends it. */
export async function startRecorder(service: string): Promise<Recorder> {
  const calls: AwsCall[] = [];
  const { url } = await startScriptedServer(async ({ headers, body }) => {
    const target = String(headers['x-amz-target']);
    calls.push(...toCalls(target, JSON.parse(body) as Body));
    const response = await fetch(service, {
      method: 'POST',
      headers: {
        'content-type': String(headers['content-type']),
        'x-amz-target': target,
        'x-amz-date': String(headers['x-amz-date']),
        authorization: String(headers.authorization),
      },
      body,
    });
    return {
      status: response.status,
      headers: { 'content-type': response.headers.get('content-type') ?? '' },
      body: await response.text(),
    };
  });
  return { url: url.origin, calls };
}

/** A batch is judged once for each of its tables. */
function toCalls(target: string, { TableName, RequestItems = {}, SecretId }: Body): AwsCall[] {
  const [api = '', operation = ''] = target.split('.');
  const service = api.startsWith('DynamoDB') ? 'dynamodb' : api;
  const named = SecretId === undefined ? TableName : toSecretName(SecretId);
  const resources = named === undefined ? Object.keys(RequestItems) : [named];
  return resources.map((resource) => `${service}:${operation} ${resource}`);
}

/** A secret is asked for by name or by ARN, which has six letters more. */
function toSecretName(id: string): string {
  return id.replace(/^arn:.*:secret:(.*)-\w{6}$/, '$1');
}
