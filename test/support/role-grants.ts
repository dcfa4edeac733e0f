/** What a function's role lets it do. */
import type { AwsCall } from './recorded-calls.ts';
import { referenced, type Template } from './template.ts';

type Statement = { readonly Action: string | readonly string[]; readonly Resource: unknown };

/**
 * The grants of a role but for those on logs, X-Ray, the queue of failed starts and the topics' key: Lambda itself makes these
 * calls, before and after the function's own code runs, and SNS those on the key, so they cannot be seen from here.
 */
export function grantsOf(template: Template, roleId: string): AwsCall[] {
  const policies = template.Resources[roleId]?.Properties.Policies as {
    PolicyDocument: { Statement: Statement[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      [Resource].flat().flatMap((resource) => {
        const name = nameOf(template, resource);
        return [Action].flat().map((action) => `${action} ${name}`);
      }),
    )
    .filter((grant) => !/^(?:logs|xray|sqs|kms):/.test(grant));
}

/** As calls name it. */
function nameOf({ Resources }: Template, resource: unknown): string {
  const { TableName } = Resources[referenced(resource) ?? '']?.Properties ?? {};
  if (typeof TableName === 'string') return TableName;
  const { 'Fn::Sub': arn, Ref: name } = resource as { 'Fn::Sub'?: string; Ref?: string };
  if (name !== undefined) return name;
  if (arn?.endsWith('event-bus/default') === true) return 'default';
  return arn?.replace(/^.*:secret:(.*)-\?{6}$/, '$1') ?? JSON.stringify(resource);
}

export type Difference = {
  /** Granted, and never called. */
  readonly unused: readonly AwsCall[];
  /** Called, and not granted: AWS would refuse it. */
  readonly refused: readonly AwsCall[];
};

export function compareGrants(granted: readonly AwsCall[], called: readonly AwsCall[]): Difference {
  return {
    unused: [...new Set(granted)].filter((grant) => !called.includes(grant)).sort(),
    refused: [...new Set(called)].filter((call) => !granted.includes(call)).sort(),
  };
}
