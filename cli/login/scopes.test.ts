import fc from 'fast-check';
import {
  FEATURES,
  LIKED_SONGS_SCOPE,
  NEEDED_SCOPES,
  parseFeatures,
  toFeatures,
  toScopes,
} from './scopes.ts';

test('reading is part of every login, and no scope is asked for twice', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...FEATURES)), (features) => {
      const scopes = toScopes(features);

      expect(scopes).toEqual(expect.arrayContaining([...NEEDED_SCOPES]));
      expect(new Set(scopes).size).toBe(scopes.length);
    }),
  );
});

test('only what the features need is asked for', () => {
  expect(toScopes(['ingest'])).toEqual([...NEEDED_SCOPES, LIKED_SONGS_SCOPE]);
  expect(toScopes(parseFeatures('listening, sync')).slice(3)).toEqual([
    'playlist-modify-public',
    'playlist-modify-private',
    'user-read-recently-played',
  ]);
});

test('scopes stand for the features they were asked for', () => {
  fc.assert(
    fc.property(fc.subarray([...FEATURES]), (features) => {
      expect(toFeatures(toScopes(features))).toEqual([...new Set(['ingest', ...features])]);
    }),
  );
  expect(toFeatures(['playlist-modify-public'])).toEqual([]);
});

test('a feature that does not exist is refused with those that do', () => {
  expect(() => parseFeatures('ingest,everything')).toThrow('ingest, sync, listening');
});
