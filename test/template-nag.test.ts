/** What the rules of cdk-nag (AWS Solutions, Serverless) find in the packaged template, against what is accepted and why. */
import { ACCEPTED_FINDINGS } from './support/accepted-findings.ts';
import { type Finding, findFaults } from './support/nag-findings.ts';
import { PACKAGE_NAMES, packagedStack } from './support/packaged-stack.ts';
import type { Template } from './support/template.ts';

let dev: Template;
let found: Finding[];

beforeAll(async () => {
  dev = (await packagedStack('dev')).template;
  found = [];
  for (const name of PACKAGE_NAMES) {
    found.push(...(await findFaults((await packagedStack(name)).template)));
  }
}, 120_000);

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

  const keys = unexplained(await findFaults(faulty)).map(toKey);

  expect(keys).toEqual(
    expect.arrayContaining(['AwsSolutions-APIG1 ApiStage', 'AwsSolutions-DDB3 TrackTable']),
  );
});
