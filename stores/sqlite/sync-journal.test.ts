import type { SyncRun } from '../../etl/model/sync.ts';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { LibrarySyncJournal } from './sync-journal.ts';

const PLACE = { pair: 'p', targetId: 't' };
const RUN: SyncRun = {
  ...{ run_id: 'r1', pair: 'p', target_id: 't', kind: 'mirror' },
  started_at: '2026-11-20T12:00:00.000Z',
};

describe.each(LIBRARIES)('the journal of syncs in %s', (_, start) => {
  let library: TestLibrary;
  let journal: LibrarySyncJournal;
  beforeAll(async () => {
    library = await start();
  });
  beforeEach(async () => {
    await library.empty();
    journal = new LibrarySyncJournal(library.open());
  });
  afterAll(() => library.close());

  test('knows nothing at first', async () => {
    expect(await journal.findFacts(PLACE, 0)).toEqual({
      claims: new Map(),
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
    const write = { kind: 'remove' as const, uris: ['a'] };
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
    const add = (uri: string) => ({ kind: 'add' as const, uris: [uri, uri] });
    await journal.intend({ ...step, step: 1, write: add('new') });
    await journal.intend({ ...step, step: 2, write: add('dead') });
    await journal.noteAnswer({ runId: 'r1', step: 2 }, 'refused');
    await journal.intend({ ...step, step: 3, write: { kind: 'remove', uris: ['gone'] } });
    const cutOff = {
      ...RUN,
      writes: 2,
      before,
      removed: ['spotify:track:1'],
      steps: [
        { write: add('new'), hash: 'h' },
        { write: { kind: 'remove', uris: ['gone'] }, hash: 'h' },
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
