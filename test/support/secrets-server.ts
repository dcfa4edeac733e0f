/** AWS Secrets Manager as far as a token store uses it, over real HTTP: AWS JSON 1.1, with the documented semantics. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ScriptedReply, startScriptedServer } from './scripted-server.ts';

export type SecretsFault =
  /** Answered with this error instead; 5xx for a name that says so. */
  | { readonly error: string; readonly status?: number }
  /** Carried out, but the answer is lost. */
  | 'lost-answer'
  | 'none';

type Version = { readonly id: string; readonly text: string; stages: string[] };
type Secret = { readonly name: string; readonly arn: string; versions: Version[] };
type Body = {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
  readonly ForceDeleteWithoutRecovery?: boolean;
};

export type SecretsServer = {
  readonly url: URL;
  /** Operations so far, in order, as `PutSecretValue`. */
  readonly calls: () => readonly string[];
  /** What the next call of this operation meets. */
  readonly failNext: (operation: string, ...faults: readonly SecretsFault[]) => void;
  /** How many calls a deletion outlasts before the name is free again. */
  readonly slowDeletions: (calls: number) => void;
  /** Replaces the secret, like a person at a console. */
  readonly spoil: (name: string, text: string) => void;
  /** Versions of a secret that carry a label, and those that do not. */
  readonly versions: (name: string) => { readonly labelled: number; readonly unlabelled: number };
};

class WireError extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:';

/** Starts the server on any free port; `closeScriptedServers` ends it. */
export async function startSecretsServer(): Promise<SecretsServer> {
  const store = createStore();
  const calls: string[] = [];
  const faults = new Map<string, SecretsFault[]>();
  const { url } = await startScriptedServer(async ({ headers, body }): Promise<ScriptedReply> => {
    const operation = String(headers['x-amz-target']).replace('secretsmanager.', '');
    calls.push(operation);
    // Between the answers of calls that came together, others have their turn.
    await sleep(Math.random() * 3);
    const fault = faults.get(operation)?.shift();
    try {
      if (typeof fault === 'object') {
        throw new WireError(fault.error, 'As the test says.', fault.status);
      }
      const reply = store.answer(operation, JSON.parse(body) as Body);
      return fault === 'lost-answer' ? { body: reply, end: 'cut' } : toReply(200, reply);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return toReply(error.status, { __type: error.name, Message: error.message });
    }
  });
  return {
    url,
    calls: () => calls,
    failNext: (operation, ...next) => faults.set(operation, [...next]),
    slowDeletions: store.slowDeletions,
    spoil: store.spoil,
    versions: store.versions,
  };
}

function toReply(status: number, body: unknown): ScriptedReply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

function createStore(): Pick<SecretsServer, 'slowDeletions' | 'spoil' | 'versions'> & {
  readonly answer: (operation: string, body: Body) => unknown;
} {
  const secrets = new Map<string, Secret>();
  const leaving = new Map<string, number>();
  let deletionCalls = 0;

  /** By name, or by the full ARN, which no later secret of the same name has. */
  const find = ({ SecretId: id = '' }: Body): Secret => {
    const secret = secrets.get(id) ?? [...secrets.values()].find(({ arn }) => arn === id);
    if (secret !== undefined) return secret;
    if (isLeaving(id)) {
      throw new WireError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    throw new WireError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  };
  const isLeaving = (name: string): boolean => {
    const left = leaving.get(name) ?? 0;
    leaving.set(name, left - 1);
    return left > 0;
  };
  const operations: Record<string, (body: Body) => unknown> = {
    CreateSecret: (body) => {
      const { Name: name = '', ClientRequestToken: token = '' } = body;
      if (isLeaving(name)) {
        throw new WireError(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      const known = secrets.get(name);
      const first = known?.versions.find(({ id }) => id === token);
      if (known !== undefined && first?.text !== body.SecretString) throw exists(name);
      const secret = known ?? { name, arn: `${ARN}${name}-${suffix()}`, versions: [] };
      secrets.set(name, secret);
      return described(secret, addVersion(secret, token, body.SecretString ?? ''));
    },
    GetSecretValue: (body) => {
      const secret = find(body);
      const version = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
      if (version === undefined) {
        throw new WireError('ResourceNotFoundException', "can't find the specified secret value");
      }
      return { ...described(secret, version), SecretString: version.text };
    },
    PutSecretValue: (body) => {
      const secret = find(body);
      const { ClientRequestToken: token = '', SecretString: text = '' } = body;
      const known = secret.versions.find(({ id }) => id === token);
      if (known !== undefined && known.text !== text) throw exists(secret.name);
      return described(secret, addVersion(secret, token, text));
    },
    DeleteSecret: (body) => {
      const secret = [...secrets.values()].find(({ name }) => name === body.SecretId);
      if (secret === undefined) {
        if (body.ForceDeleteWithoutRecovery === true) return { Name: body.SecretId };
        find(body);
      } else {
        secrets.delete(secret.name);
        leaving.set(secret.name, deletionCalls);
      }
      return { Name: body.SecretId };
    },
    ListSecretVersionIds: (body) => ({
      Versions: find(body).versions.map(({ id, stages }) => ({
        VersionId: id,
        VersionStages: stages,
      })),
    }),
  };
  return {
    answer: (operation, body) => {
      const run = operations[operation];
      if (run === undefined) throw new WireError('UnknownOperationException', operation);
      return run(body);
    },
    slowDeletions: (calls) => {
      deletionCalls = calls;
    },
    spoil: (name, text) => {
      const secret = secrets.get(name) ?? { name, arn: `${ARN}${name}-${suffix()}`, versions: [] };
      secrets.set(name, secret);
      addVersion(secret, suffix(), text);
    },
    versions: (name) => {
      const all = secrets.get(name)?.versions ?? [];
      const labelled = all.filter(({ stages }) => stages.length > 0).length;
      return { labelled, unlabelled: all.length - labelled };
    },
  };
}

/** A version that is known already is left as it is, and so are the labels: the request is a repeat. */
function addVersion(secret: Secret, id: string, text: string): Version {
  const known = secret.versions.find((version) => version.id === id);
  if (known !== undefined) return known;
  for (const version of secret.versions) {
    version.stages = version.stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : [];
  }
  const version = { id, text, stages: ['AWSCURRENT'] };
  secret.versions.push(version);
  return version;
}

function described({ arn, name }: Secret, { id, stages }: Version): Record<string, unknown> {
  return { ARN: arn, Name: name, VersionId: id, VersionStages: stages };
}

function exists(name: string): WireError {
  return new WireError('ResourceExistsException', `The operation failed because ${name} exists.`);
}

function suffix(): string {
  return randomBytes(3).toString('hex');
}
