/** A CloudFormation template, and what tests look up in it. */

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

export type Template = { readonly Resources: Readonly<Record<string, Resource>> };

/** Resources of a type, by logical ID. */
export function resourcesOf({ Resources }: Template, type: string): Record<string, Resource> {
  return Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => Type === type));
}

/** Properties of the resources of a type. */
export function propertiesOf(template: Template, type: string): Resource['Properties'][] {
  return Object.values(resourcesOf(template, type)).map(({ Properties }) => Properties);
}

/** The logical ID that a `Ref` or an `Fn::GetAtt` names; undefined of anything else. */
export function referenced(value: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': [id] = [] } = (value ?? {}) as {
    Ref?: string;
    'Fn::GetAtt'?: string[];
  };
  return Ref ?? id;
}
