/** What the rules of cdk-nag (AWS Solutions, Serverless) find in the packaged template, against what is accepted and why. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_NAMES, packagedStack } from '../support/packaged-stack.ts';
import type { Template } from '../support/template.ts';
import { type Finding, findFaults } from '../tools/nag-findings.cjs';
import { ACCEPTED_FINDINGS } from './accepted-findings.ts';

let folder: string;
let dev: Template;
let found: Finding[];

async function findIn(template: Template): Promise<readonly Finding[]> {
  const file = join(folder, 'template.json');
  // The framework gives the API an empty policy: none to CloudFormation, a fault to the CDK.
  await writeFile(file, JSON.stringify(template).replace(/,?"Policy":""/g, ''));
  return findFaults(file, folder);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-nag-'));
  dev = (await packagedStack('dev')).template;
  const findings = [];
  for (const name of PACKAGE_NAMES) {
    findings.push(...(await findIn((await packagedStack(name)).template)));
  }
  found = [...new Map(findings.map((finding) => [toKey(finding), finding])).values()];
});
afterAll(() => rm(folder, { recursive: true }));

const accepted = new Set(
  ACCEPTED_FINDINGS.flatMap(({ rule, resources }) => resources.map((id) => `${rule} ${id}`)),
);
const toKey = ({ rule, resource }: Finding): string => `${rule} ${resource}`;
const unexplained = (findings: readonly Finding[]): Finding[] =>
  findings.filter((finding) => !accepted.has(toKey(finding)));

test('No finding is unexplained', () => {
  expect(unexplained(found)).toEqual([]);
});

test('no finding is explained that is not there any more', () => {
  const there = new Set(found.map(toKey));

  expect([...accepted].filter((each) => !there.has(each))).toEqual([]);
});

test('every explanation says something', () => {
  for (const { reason } of ACCEPTED_FINDINGS) expect(reason).toMatch(/^\S.{30,}\.$/);
});

test('a fault put into the template is found', async () => {
  const faulty = structuredClone(dev);
  Object.assign(faulty.Resources.ApiStage?.Properties ?? {}, { AccessLogSetting: {} });
  Object.assign(faulty.Resources.TrackTable?.Properties ?? {}, {
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
  });

  const keys = unexplained(await findIn(faulty)).map(toKey);

  expect(keys).toEqual(
    expect.arrayContaining(['AwsSolutions-APIG1 ApiStage', 'AwsSolutions-DDB3 TrackTable']),
  );
});
