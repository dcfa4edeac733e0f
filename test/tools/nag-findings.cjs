/** The one place that loads the CDK. JavaScript, so that types and lint are checked without it. */
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks, ServerlessChecks } = require('cdk-nag');

/**
 * The packs are asked directly instead of through `Validations.of(app)`: that leaves acknowledged findings out of the report, so an
 * acknowledgement that no longer applies would go unnoticed.
 */
exports.findFaults = (templateFile, outdir) => {
  const app = new App({ outdir });
  new CfnInclude(new Stack(app, 'Stack'), 'Template', { templateFile });
  const options = { verbose: true };
  const packs = [new AwsSolutionsChecks(app, options), new ServerlessChecks(app, options)];
  return packs.flatMap((pack) =>
    pack.validateScope(app).violations.flatMap(({ description, ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        rule: ruleName,
        resource: constructPath.split('/').at(-1) ?? '',
        text: description,
      })),
    ),
  );
};
