/** What every journal of syncs must do; each adapter's test runs it. */
import type { ListPlace, SyncJournal, WriteAnswer } from '../../etl/load/sinks.ts';
import type { ItemsWrite, SyncRun } from '../../etl/model/sync.ts';

type StoredJournal = {
  /** As a further process opens it. */
  readonly open: () => SyncJournal;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const PLACE = { pair: 'p', targetId: 't' };
const RUN: SyncRun = {
  ...{ run_id: 'r1', pair: 'p', target_id: 't', kind: 'mirror' },
  started_at: '2026-11-20T12:00:00.000Z',
};

const add = (...uris: string[]): ItemsWrite => ({ kind: 'add', uris });
const remove = (...uris: string[]): ItemsWrite => ({ kind: 'remove', uris });

export function describeSyncJournal(name: string, setUp: () => Promise<StoredJournal>): void {
  describe(`the journal of syncs in ${name}`, () => {
    let stored: StoredJournal;
    let journal: SyncJournal;
    beforeAll(async () => {
      stored = await setUp();
    });
    beforeEach(async () => {
      await stored.empty();
      journal = stored.open();
    });
    afterAll(() => stored.close());

    test('knows nothing at first', async () => {
      expect(await journal.findFacts(PLACE, 0)).toEqual({
        claims: new Map(),
        seen: new Set(),
        notAddable: new Set(),
        notRemovable: new Set(),
        isExactConfirmed: false,
      });
      expect(await journal.listRuns()).toEqual([]);
      expect(await journal.findRun('r1')).toBeUndefined();
      expect(await journal.findCreation('k')).toBeUndefined();
    });

    test('a claim is of one pair and the first run, and ends for all pairs with the removal', async () => {
      await journal.claim(PLACE, [{ uri: 'a' }, { uri: 'b', added_at: 'then' }], 'r1');
      await journal.claim(PLACE, [{ uri: 'b', added_at: 'now' }, { uri: 'c' }], 'r2');
      await journal.claim({ ...PLACE, pair: 'q' }, [{ uri: 'a' }, { uri: 'c' }], 'r3');
      const step = { runId: 'r1', step: 1, hash: 'h', place: PLACE };
      await journal.begin(RUN, { before: [], removed: [] });
      const write = remove('a');
      const givenUp = await journal.intend({ ...step, write, disclaimed: ['a'] });
      expect(givenUp).toHaveLength(2);
      await journal.reclaim(givenUp);
      expect((await journal.findFacts(PLACE, 0)).claims.has('a')).toBe(true);
      await journal.intend({ ...step, step: 2, write, disclaimed: ['a'] });
      await journal.noteAnswer(step, 'done');

      const { claims } = await journal.findFacts(PLACE, 0);
      expect(claims).toEqual(
        new Map([
          ['b', 'then'],
          ['c', undefined],
        ]),
      );
      await journal.redate(PLACE, [{ uri: 'b', added_at: 'later' }, { uri: 'x' }]);
      expect((await journal.findFacts(PLACE, 0)).claims.get('b')).toBe('later');
      await journal.redate(PLACE, [{ uri: 'b', added_at: 'then' }]);
      await journal.disclaim(PLACE, ['c']);
      expect((await journal.findFacts(PLACE, 0)).claims).toEqual(new Map([['b', 'then']]));
      const others = (await journal.findFacts({ ...PLACE, pair: 'q' }, 0)).claims;
      expect(others).toEqual(new Map([['c', undefined]]));
    });

    test('a run is kept with what an undo needs, 10,000 items too', async () => {
      const before = Array.from({ length: 10_000 }, (_none, at) => ({
        ...{ uri: `spotify:track:${at}`, kind: 'track' as const, name: 'n'.repeat(100) },
        ...{ added_at: '2026-01-01T00:00:00Z', added_by: 'me' },
      }));
      await journal.begin(RUN, { before, removed: ['spotify:track:1'] });
      await journal.claim(PLACE, [{ uri: 'new', added_at: 'now' }], 'r1');
      const step = { runId: 'r1', hash: 'h', place: PLACE, disclaimed: [] };
      await journal.intend({ ...step, step: 1, write: add('new', 'new') });
      await journal.intend({ ...step, step: 2, write: add('dead', 'dead') });
      await journal.noteAnswer({ runId: 'r1', step: 2 }, 'refused');
      await journal.intend({ ...step, step: 3, write: remove('gone') });
      const cutOff = {
        ...RUN,
        writes: 2,
        before,
        removed: ['spotify:track:1'],
        steps: [
          { write: add('new', 'new'), hash: 'h' },
          { write: remove('gone'), hash: 'h' },
        ],
        claimed: new Map([['new', 'now']]),
      };
      expect(await journal.findRun('r1')).toEqual(cutOff);
      expect(await journal.findLastHash(RUN.target_id)).toBeUndefined();
      const ended = { outcome: 'done', ended_at: '2026-11-20T12:00:09.000Z', after_hash: 'h' };
      await journal.end('r1', ended);
      expect(await journal.findRun('r1')).toEqual({ ...cutOff, ...ended });
      expect(await journal.findLastHash(RUN.target_id)).toBe('h');
      expect(await journal.listRuns('q')).toEqual([]);
      expect(await journal.listRuns('p')).toMatchObject([{ run_id: 'r1', outcome: 'done' }]);
    });

    test('runs are listed with the newest first, and only the last one tells how it has left the list', async () => {
      const lists = { before: [], removed: [] };
      await journal.begin(RUN, lists);
      await journal.end('r1', { outcome: 'done', ended_at: RUN.started_at, after_hash: 'h1' });
      // The clock was set back meanwhile.
      const later = { ...RUN, run_id: 'r2', started_at: '2026-11-19T12:00:00.000Z', undoes: 'r1' };
      await journal.begin(later, lists);
      expect(await journal.findLastHash(RUN.target_id)).toBeUndefined();
      await journal.end('r2', { outcome: 'done', ended_at: later.started_at, after_hash: 'h2' });
      await journal.end('r2', { outcome: 'done', ended_at: later.started_at });

      expect(await journal.findLastHash(RUN.target_id)).toBeUndefined();
      expect(await journal.listRuns()).toMatchObject([{ ...later, writes: 0 }, { run_id: 'r1' }]);
    });

    test('a run that is opened again goes on, and stays in its place', async () => {
      const lists = { before: [{ uri: 'x', kind: 'track' as const }], removed: ['x'] };
      expect(await journal.begin(RUN, lists)).toBe(0);
      const step = { runId: 'r1', hash: 'h', place: PLACE, disclaimed: [] };
      await journal.intend({ ...step, step: 1, write: add('a') });
      await journal.noteAnswer({ ...step, step: 1 }, 'refused');
      await journal.intend({ ...step, step: 2, write: add('a') });
      await journal.begin({ ...RUN, run_id: 'r2' }, { before: [], removed: [] });
      await journal.end('r2', { outcome: 'done', ended_at: RUN.started_at, after_hash: 'h2' });

      const again = { ...RUN, started_at: '2026-11-22T12:00:00.000Z' };
      expect(await stored.open().begin(again, { before: [], removed: [] })).toBe(2);
      expect(await journal.findRun('r1')).toMatchObject({ ...RUN, ...lists, writes: 1 });
      expect(await journal.listRuns()).toMatchObject([{ run_id: 'r2' }, { run_id: 'r1' }]);
      expect(await journal.findLastHash(RUN.target_id)).toBe('h2');
    });

    test('a write counts unless it was refused, or changes nothing', async () => {
      await journal.begin(RUN, { before: [], removed: [] });
      const answers = ['done', 'refused', 'unknown', undefined] as const;
      const step = { runId: 'r1', hash: 'h', place: PLACE, disclaimed: [] };
      for (const [at, answer] of answers.entries()) {
        await journal.intend({ ...step, step: at + 1, write: add(`${at}`) });
        if (answer !== undefined) await journal.noteAnswer({ ...step, step: at + 1 }, answer);
      }
      const nothing = { kind: 'move' as const, start: 0, length: 1, before: 0 };
      await journal.intend({ ...step, step: 5, write: nothing });
      await journal.noteAnswer({ ...step, step: 5 }, 'done');

      expect(await journal.listRuns()).toMatchObject([{ writes: 3 }]);
      const { steps = [] } = (await journal.findRun('r1')) ?? {};
      expect(steps.map(({ write }) => write)).toEqual([add('0'), add('2'), add('3')]);
    });

    test('what runs have added and removed is counted by keys', async () => {
      const before = ['a', 'b', 'b', 'c'].map((uri) => ({ uri, kind: 'track' as const }));
      const runs: readonly [string, readonly (readonly [ItemsWrite, WriteAnswer?])[]][] = [
        [
          'edited',
          [
            [add('a', 'x', 'x'), 'done'],
            [remove('b'), 'unknown'],
            [remove('c'), 'refused'],
          ],
        ],
        [
          'back',
          [
            [remove('b'), 'done'],
            [add('b'), 'done'],
          ],
        ],
        [
          'rewritten',
          [
            [{ kind: 'replace', uris: ['a', 'y'] }, 'done'],
            [add('z'), 'done'],
          ],
        ],
        ['cut off', [[add('x')]]],
      ];
      for (const [run_id, steps] of runs) {
        const pair = run_id === 'rewritten' ? 'q' : 'p';
        await journal.begin({ ...RUN, run_id, pair }, { before, removed: [] });
        const intended = { runId: run_id, hash: 'h', place: PLACE, disclaimed: [] };
        for (const [at, [write, answer]] of steps.entries()) {
          const step = { ...intended, step: at + 1, write };
          await journal.intend(step);
          if (answer !== undefined) await journal.noteAnswer(step, answer);
        }
      }

      const edited = ['edited', { added: 1, removed: 1 }] as const;
      expect(await journal.countChanges('p')).toEqual(new Map([edited]));
      expect(await journal.countChanges()).toEqual(
        new Map([edited, ['rewritten', { added: 2, removed: 2 }]]),
      );
    });

    test('what a pair has seen in a target stays seen', async () => {
      await journal.noteSeen(PLACE, ['a', 'b']);
      await journal.noteSeen(PLACE, ['b', 'c']);
      await journal.noteSeen(PLACE, []);
      await journal.disclaim(PLACE, ['a']);
      const seenAt = async (place: ListPlace): Promise<ReadonlySet<string>> =>
        (await journal.findFacts(place, 0)).seen;
      expect(await seenAt(PLACE)).toEqual(new Set(['a', 'b', 'c']));
      expect(await seenAt({ ...PLACE, pair: 'q' })).toEqual(new Set());
      expect(await seenAt({ ...PLACE, targetId: 'u' })).toEqual(new Set());
    });

    test('of many that want a lock at the same moment one has it', async () => {
      const tries = Array.from({ length: 10 }, (_none, at) =>
        stored.open().lock({ targetId: 't', holder: `holder ${at}`, until: 100 }, 0),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    });

    test('claims on one list that are made and given up at the same moment all count', async () => {
      await journal.claim(PLACE, [{ uri: 'old' }], 'r0');
      await Promise.all([
        stored.open().claim(PLACE, [{ uri: 'a' }], 'r1'),
        stored.open().claim({ ...PLACE, pair: 'q' }, [{ uri: 'b' }], 'r2'),
        stored.open().disclaim(PLACE, ['old']),
      ]);
      expect((await journal.findFacts(PLACE, 0)).claims).toEqual(new Map([['a', undefined]]));
      const others = await journal.findFacts({ ...PLACE, pair: 'q' }, 0);
      expect(others.claims).toEqual(new Map([['b', undefined]]));
    });

    test('a lock is one holder’s until its time is up, or it is given back', async () => {
      const lock = (holder: string, now: number): Promise<boolean> =>
        journal.lock({ targetId: 't', holder, until: now + 100 }, now);
      expect(await lock('one', 0)).toBe(true);
      expect(await lock('two', 50)).toBe(false);
      expect(await lock('one', 50)).toBe(true);
      expect(await lock('two', 149)).toBe(false);
      expect(await lock('two', 150)).toBe(true);
      await journal.unlock({ targetId: 't', holder: 'one' });
      expect(await lock('one', 160)).toBe(false);
      await journal.unlock({ targetId: 't', holder: 'two' });
      expect(await lock('one', 160)).toBe(true);
    });

    test('a doubted read keeps its first day until another is believed', async () => {
      await journal.noteSource('p', { goodCount: 9 });
      await journal.noteSource('p', { suspect: { hash: 'h', day: '2026-11-20' } });
      await journal.noteSource('p', { suspect: { hash: 'h', day: '2026-11-21' } });
      const suspect = { hash: 'h', day: '2026-11-20' };
      expect(await journal.findFacts(PLACE, 0)).toMatchObject({ goodCount: 9, suspect });
      await journal.noteSource('p', { goodCount: 3 });
      const { goodCount, ...facts } = await journal.findFacts(PLACE, 0);
      expect([goodCount, 'suspect' in facts]).toEqual([3, false]);
    });

    test('the lists of a pair that has nothing to do are remembered beside what else is known of it', async () => {
      const settled = {
        about: 'a',
        versions: { s: '1', t: '2' },
        until: 9,
        present: 3,
        notCopyable: 1,
      };
      expect(await journal.findSettled('p')).toBeUndefined();
      await journal.noteSettled('p', settled);
      await journal.noteSource('p', { goodCount: 9 });
      await journal.noteSettled('p', { ...settled, versions: { s: '3' } });
      expect(await journal.findSettled('p')).toEqual({ ...settled, versions: { s: '3' } });
      expect(await journal.findSettled('q')).toBeUndefined();
      expect(await journal.findFacts(PLACE, 0)).toMatchObject({ goodCount: 9 });
    });

    test('what is set aside, confirmed and created', async () => {
      await journal.setAside(['a', 'b'], { reason: 'not addable', until: 10 });
      await journal.setAside(['a'], { reason: 'not removable', until: 20 });
      await journal.confirmExact(PLACE);
      await journal.confirmExact(PLACE);
      expect(await journal.findFacts(PLACE, 10)).toMatchObject({
        notAddable: new Set(),
        notRemovable: new Set(['a']),
        isExactConfirmed: true,
      });
      await journal.noteCreation('k', { mark: 'm' });
      expect(await journal.findCreation('k')).toEqual({ mark: 'm' });
      await journal.noteCreation('k', { mark: 'm', targetId: 't' });
      expect(await journal.findCreation('k')).toEqual({ mark: 'm', targetId: 't' });
    });
  });
}
