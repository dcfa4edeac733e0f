/** What the framework does with the plugin. */
export default class ApiDeployment {
  constructor(serverless: {
    readonly service: { readonly provider: { readonly compiledCloudFormationTemplate: unknown } };
  });
  readonly hooks: Readonly<
    Record<'after:aws:package:finalize:mergeCustomProviderResources', () => void>
  >;
}
