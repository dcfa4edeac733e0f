import { present } from './omit-absent.ts';

describe('present', () => {
  it('leaves out null and undefined', () => {
    expect(Object.keys(present({ id: 'a', gone: null, missing: undefined }))).toEqual(['id']);
  });

  it('keeps zero, false and the empty text', () => {
    expect(present({ popularity: 0, explicit: false, name: '', artists: [] })).toEqual({
      popularity: 0,
      explicit: false,
      name: '',
      artists: [],
    });
  });

  it('replaces half a surrogate pair, which a table would not give back', () => {
    expect(present({ name: 'a\ud800b', whole: '😀' })).toEqual({ name: 'a\ufffdb', whole: '😀' });
  });
});
