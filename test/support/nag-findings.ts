/** cdk-nag over a packaged template. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { Template } from './template.ts';

export type Finding = { readonly rule: string; readonly resource: string; readonly text: string };

/**
 * All findings of both packs, none acknowledged. The packs are asked outright instead of through `Validations.of(app)`: what is
 * acknowledged there is kept from the report, and an acknowledgement that no longer applies could not be told.
 */
export async function findFaults(template: Template): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-nag-'));
  const app = new App({ outdir: folder });
  const templateFile = join(folder, 'template.json');
  await writeFile(templateFile, JSON.stringify(withoutEmptyPolicy(template)));
  new CfnInclude(new Stack(app, 'Stack'), 'Template', { templateFile });
  const packs = [
    new AwsSolutionsChecks(app, { verbose: true }),
    new ServerlessChecks(app, { verbose: true }),
  ];
  const findings = packs.flatMap((pack) =>
    pack.validateScope(app).violations.flatMap(({ description, ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        rule: ruleName,
        resource: constructPath.split('/').at(-1) ?? '',
        text: description,
      })),
    ),
  );
  await rm(folder, { recursive: true });
  return findings;
}

/** The framework writes a policy of no letters into the API, which CloudFormation takes for none and the CDK for a fault. */
function withoutEmptyPolicy(template: Template): unknown {
  return JSON.parse(JSON.stringify(template).replace(/,?"Policy":""/g, '')) as unknown;
}
