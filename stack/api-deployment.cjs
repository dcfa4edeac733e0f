/**
 * A plugin of the Serverless Framework that gives the API a stage of its own and a deployment that follows its definition.
 *
 * A deployment of API Gateway is a snapshot: later changes are not served. So the framework makes one at each deploy, named after
 * the time; its stage is not in the template, so no throttle, log or check applies to it. This plugin names the deployment after
 * its content, and `stack/api.yml` defines the stage that serves it.
 */
const { createHash } = require('node:crypto');

/** The parts of a snapshot. */
const SNAPSHOT_OF = new Set(
  ['RestApi', 'Resource', 'Method', 'Model', 'RequestValidator', 'GatewayResponse'].map(
    (kind) => `AWS::ApiGateway::${kind}`,
  ),
);
const DEPLOYMENT = 'ApiGatewayDeployment';

/** Names the template's only deployment after its content, and makes it depend on that content. */
function nameDeployment({ Resources }) {
  const parts = Object.keys(Resources).filter((id) => SNAPSHOT_OF.has(Resources[id].Type));
  const content = JSON.stringify(parts.sort().map((id) => [id, Resources[id]]));
  const name = `${DEPLOYMENT}${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const timed = Object.keys(Resources).find((id) => id.startsWith(DEPLOYMENT));
  const { StageName, ...Properties } = Resources[timed].Properties;
  delete Resources[timed];
  Resources[name] = { Type: 'AWS::ApiGateway::Deployment', Properties, DependsOn: parts };
  Resources.ApiStage.Properties.DeploymentId = { Ref: name };
}

module.exports = class ApiDeployment {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        nameDeployment(serverless.service.provider.compiledCloudFormationTemplate);
      },
    };
  }
};
