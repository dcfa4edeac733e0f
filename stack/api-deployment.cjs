/**
 * A plugin of the Serverless Framework that gives the API a stage of its own and a deployment that follows its definition.
 *
 * A deployment of API Gateway is a snapshot: what changes after it was made is not served. The framework therefore makes one at
 * each deploy, named after the time, and its stage comes into being beside the template, where no throttle, log or check reaches
 * it. Here the deployment is named after what it is a snapshot of, and `stack/api.yml` defines the stage that serves it.
 */
const { createHash } = require('node:crypto');

/** What a snapshot is taken of. */
const SNAPSHOT_OF = new Set(
  ['RestApi', 'Resource', 'Method', 'Model', 'RequestValidator', 'GatewayResponse'].map(
    (kind) => `AWS::ApiGateway::${kind}`,
  ),
);
const DEPLOYMENT = 'ApiGatewayDeployment';

/** Names the template's one deployment after its content, and lets it wait for all of it. */
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
