import fc from 'fast-check';
import {
  canCopy,
  expectAppended,
  expectDated,
  expectExact,
  expectMirrored,
  keepsSurplus,
  type OracleList,
  withoutRefused,
} from '../../test/support/sync-oracle.ts';
import {
  type ListEntry,
  SOURCE_GOALS,
  type SourceGoal,
  type SyncFacts,
  type SyncGoal,
  type SyncOptions,
  type SyncPlan,
} from '../model/sync.ts';
import { applyWrite, hashList, subtract } from '../model/sync-writes.ts';
import { countCalls, planSync } from './sync-plan.ts';

const toEntry = (uri: string | null): ListEntry => {
  if (uri === null) return { kind: 'unavailable' };
  return { uri, kind: uri.startsWith('spotify:local:') ? 'local' : 'track' };
};
const toUris = (entries: readonly ListEntry[]): OracleList => entries.map(({ uri }) => uri ?? null);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `t${from + at}`);

const OPEN: SyncOptions = { maxRemovals: 1e6, allowEmpty: true, allowRewrite: true };
const CAREFUL: SyncOptions = { allowEmpty: false, allowRewrite: false };

type Given = Partial<SyncFacts & SyncOptions> & { readonly claimed?: readonly string[] };

const toFacts = (given: Partial<SyncFacts>): SyncFacts => ({
  ...{ claims: new Map(), seen: new Set<string>(), notAddable: new Set(), notRemovable: new Set() },
  ...{ isSecondRead: false, isExactConfirmed: true, ...given },
});

function plan(
  mode: SourceGoal | 'version',
  [source, target]: readonly [OracleList, OracleList],
  { claimed = [], maxRemovals, allowEmpty, allowRewrite, ...given }: Given = OPEN,
): SyncPlan {
  const facts = toFacts({ claims: new Map(claimed.map((uri) => [uri, undefined])), ...given });
  const items = source.map(toEntry);
  const goal: SyncGoal =
    mode === 'version' ? { kind: mode, items, mayRewrite: true } : { kind: mode, source: items };
  return planSync(goal, {
    target: target.map(toEntry),
    facts,
    options: { maxRemovals, allowEmpty: allowEmpty ?? false, allowRewrite: allowRewrite ?? false },
  });
}

/** The list after the steps, each of which must lead to the hash that is announced. */
function carryOut({ before, stages }: SyncPlan): OracleList {
  let items = before.map((entry) => ({ entry }));
  for (const { hash, write } of stages.flatMap(({ steps }) => steps)) {
    items = applyWrite(items, write);
    expect(hashList(items.map(({ entry }) => entry))).toBe(hash);
    if ('uris' in write) expect(write.uris.length).toBeLessThanOrEqual(100);
  }
  return toUris(items.map(({ entry }) => entry));
}

const uri = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }).map((id) => `t${id}`) },
  { weight: 1, arbitrary: fc.constantFrom('spotify:local:a', null) },
);
const list = fc.array(uri, { maxLength: 12 });
const claims = fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map((id) => `t${id}`));

describe('a plan', () => {
  test.each(SOURCE_GOALS)('%s leads to the list of its definition, and then to nothing', (mode) => {
    fc.assert(
      fc.property(list, list, fc.tuple(claims, claims), (all, target, [claimed, refused]) => {
        const notAddable = new Set(refused);
        const planned = plan(mode, [all, target], { ...OPEN, claimed, notAddable });
        const after = carryOut(planned);
        expect(toUris(planned.after)).toEqual(after);
        const source = withoutRefused(all, target, notAddable);
        // What it has claimed it has appended already.
        const isNew = (each: string | null): boolean => !claimed.includes(each ?? '');
        const expected = {
          append: () => expectAppended(source, target),
          'append-once': () => expectAppended(source.filter(isNew), target),
          dated: () => expectDated(source, target),
          'append-newest-first': () => expectAppended(source, target, false),
          mirror: () => expectMirrored(source, target, new Set(claimed)),
          'mirror-exact': () => expectExact(source, target),
        }[mode]();
        if (mode === 'mirror-exact' && keepsSurplus(source, target, notAddable)) {
          for (const each of refused) {
            expect(after.includes(each)).toBe(source.includes(each));
          }
        } else if (mode === 'mirror-exact') {
          expect(after.filter(canCopy)).toEqual(expected.filter(canCopy));
          expect(after.toSorted()).toEqual(expected.toSorted());
        } else expect(after).toEqual(expected);
        const kept = claimed.filter((each) => !planned.lapsed.includes(each));
        const mine = [...kept, ...planned.add.flatMap((entry) => entry.uri ?? [])];
        // What lapses of it was seen.
        const seen = new Set(mode === 'append-once' ? planned.lapsed : []);
        const again = plan(mode, [all, after], { ...OPEN, claimed: mine, notAddable, seen });
        expect(again.stages).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of a version brings back order and repeats, and says what cannot come', () => {
    fc.assert(
      fc.property(list, list, (version, target) => {
        const planned = plan('version', [version, target]);
        const after = carryOut(planned);
        const missing = (each: string | null): number =>
          Math.max(
            0,
            version.filter((one) => one === each).length -
              target.filter((one) => one === each).length,
          );
        const lost = ['spotify:local:a', null].reduce((sum, each) => sum + missing(each), 0);
        expect(planned.notCopyable).toHaveLength(lost);
        if (lost === 0 && target.every(canCopy)) expect(after).toEqual(version);
        expect(after.filter(canCopy)).toEqual(version.filter(canCopy));
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes back copy by copy: what a run has removed stands where it stood', () => {
    fc.assert(
      fc.property(
        list,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        (items, stays) => {
          const before = items.filter(canCopy).map(toEntry);
          const target = before.filter((_entry, at) => stays[at]);
          const removed = subtract(before, target).flatMap(({ uri }) => uri ?? []);
          const goal = { kind: 'take-back' as const, added: new Map(), removed, items: before };
          const planned = planSync(goal, { target, facts: toFacts({}), options: OPEN });
          const after = carryOut(planned);
          expect(after.toSorted()).toEqual(toUris(before).toSorted());
          if (new Set(after).size === after.length) expect(after).toEqual(toUris(before));
        },
      ),
    );
  });

  test('adds before it removes, and a half-done one goes on to the same list', () => {
    fc.assert(
      fc.property(list, list, claims, (source, target, claimed) => {
        const planned = plan('mirror', [source, target], { ...OPEN, claimed });
        const kinds = planned.stages.flatMap(({ steps }) => steps.map(({ write }) => write.kind));
        const order = ['replace', 'add', 'move', 'remove'];
        expect(kinds.map((kind) => order.indexOf(kind))).toEqual(
          kinds.map((kind) => order.indexOf(kind)).toSorted((one, other) => one - other),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the fewest calls', () => {
  const calls = (planned: SyncPlan): readonly [number, number] => {
    const { checkCalls, writeCalls } = countCalls(planned);
    return [writeCalls, checkCalls];
  };

  test.each([30, 100, 300, 1_000, 3_000])('appending 30 to %i is one write and one check', (n) => {
    const target = numbers(0, n);
    expect(calls(plan('append', [numbers(9_000, 9_030), target]))).toEqual([1, 1]);
    expect(calls(plan('append-newest-first', [numbers(9_000, 9_030), target]))).toEqual([1, 1]);
  });

  test('a mirror of 30 that is all new is one PUT and one check', () => {
    const target = numbers(0, 30);
    const given = { claimed: target, maxRemovals: 30 };
    const planned = plan('mirror', [numbers(100, 130), target], given);
    expect(calls(planned)).toEqual([1, 1]);
    expect(planned.stages[0]?.steps[0]?.write.kind).toBe('replace');
  });

  test.each([
    [30, 1],
    [100, 1],
    [300, 2],
    [3_000, 2],
  ])('a weekly swap of 30 at the end of %i is %i', (n, writes) => {
    const target = numbers(0, n);
    const source = [...numbers(0, n - 30), ...numbers(9_000, 9_030)];
    const given = { claimed: target, maxRemovals: 30 };
    expect(calls(plan('mirror', [source, target], given))[0]).toBe(writes);
  });

  test('one dragged is one, and ten are about ten', () => {
    const target = numbers(0, 300);
    const dragged = (times: number): string[] => {
      let source = target;
      for (let at = 0; at < times; at += 1) {
        const [from, to] = [(at * 37) % 300, (at * 101 + 50) % 300];
        source = source.toSpliced(from, 1).toSpliced(to, 0, source[from] ?? '');
      }
      return source;
    };
    expect(calls(plan('mirror', [dragged(1), target], { claimed: target }))[0]).toBe(1);
    const [ten] = calls(plan('mirror', [dragged(10), target], { claimed: target }));
    expect(ten).toBeGreaterThan(6);
    expect(ten).toBeLessThanOrEqual(10);
  });

  test('a list sorted in another way is held above 100, and rewritten where that is allowed', () => {
    const target = numbers(0, 300);
    const given = { claimed: target, ...CAREFUL };
    const held = plan('mirror', [target.toReversed(), target], given);
    expect(held).toMatchObject({ held: ['rewrite'], stages: [] });
    const allowed = plan('mirror', [target.toReversed(), target], { ...given, allowRewrite: true });
    expect(calls(allowed)[0]).toBe(3);
    expect(carryOut(allowed)).toEqual(target.toReversed());
  });
});

describe('guards', () => {
  const target = numbers(0, 60);
  const given = { claimed: target, ...CAREFUL };

  test.each([
    ['20 of 60 go', numbers(20, 60), {}, []],
    ['21 of 60 go', numbers(21, 60), {}, ['removals']],
    ['21 of 60 may go', numbers(21, 60), { maxRemovals: 21 }, []],
    ['30 of 60 may go, and 31 would', numbers(31, 60), { maxRemovals: 30 }, ['removals']],
    ['an empty source', [], {}, ['empty']],
    ['an empty source that is meant', [], { allowEmpty: true, maxRemovals: 60 }, []],
    ['a source of under 40 %', numbers(0, 23), { goodCount: 60 }, ['collapse']],
    [
      'one of which under 40 % can be read',
      [...numbers(0, 23), null],
      { goodCount: 60 },
      ['collapse'],
    ],
    ['one of 40 %', numbers(0, 24), { goodCount: 60, maxRemovals: 60 }, []],
    [
      'one that was as small the day before',
      numbers(0, 23),
      { goodCount: 60, maxRemovals: 60, isSecondRead: true },
      [],
    ],
  ] as const)('%s', (...[, source, more, held]) => {
    expect(plan('mirror', [[...source], target], { ...given, ...more }).held).toEqual(held);
  });

  test('half of the own items is the most of a small list', () => {
    const claimed = numbers(0, 4);
    const small = (source: string[]) => plan('mirror', [source, claimed], { claimed, ...CAREFUL });
    expect(small(numbers(2, 4)).held).toEqual([]);
    expect(small(numbers(3, 4)).held).toEqual(['removals']);
  });

  test('what is added goes on while removals are held', () => {
    const planned = plan('mirror', [[...numbers(21, 60), 'new'], target], given);
    expect(planned.remove).toHaveLength(21);
    expect(carryOut(planned)).toEqual([...target, 'new']);
  });

  test.each([
    ['removes', numbers(1, 9)],
    ['reorders', numbers(0, 9).toReversed()],
    ['adds', numbers(0, 10)],
  ])('an exact mirror that %s wants to be confirmed', (_what, source) => {
    const more = { ...CAREFUL, isExactConfirmed: false };
    const planned = plan('mirror-exact', [source, numbers(0, 9)], more);
    expect(planned).toMatchObject({ held: ['exact'], stages: [] });
    expect(plan('mirror-exact', [source, source], more).held).toEqual([]);
  });

  test('a list ends at 10,000', () => {
    expect(() => plan('append', [['new'], numbers(0, 10_000)])).toThrow(/would have 10001/);
    expect(plan('append', [['t1'], numbers(0, 10_000)]).stages).toEqual([]);
  });

  test.each(['mirror', 'mirror-exact'] as const)('and no %s makes it longer on its way', (mode) => {
    const target = [...numbers(0, 9_990), ...(mode === 'mirror' ? [] : ['t3', 't3'])];
    const source = [...numbers(15, 9_990), ...numbers(10_000, 10_015), 't3', 't3'];
    const planned = plan(mode, [source, target], { ...OPEN, claimed: target });
    let items = planned.before.map((entry) => ({ entry }));
    for (const { write } of planned.stages.flatMap(({ steps }) => steps)) {
      items = applyWrite(items, write);
      expect(items.length).toBeLessThanOrEqual(10_000);
    }
    expect(toUris(planned.after)).toEqual(mode === 'mirror' ? [...new Set(source)] : source);
  });
});
