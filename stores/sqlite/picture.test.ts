import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Picture } from './picture.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a picture', () => {
  it('lists rows to the end, whatever is collected as garbage meanwhile', () => {
    const picture = new Picture();
    const ids = Array.from({ length: 100 }, (_, index) => String(index).padStart(3, '0'));
    picture.put(
      'artist',
      ids.map((id) => ({ id, row: '{}', why: null })),
    );
    picture.sort();
    const listed: unknown[] = [];

    for (const { id } of picture.list('SELECT id FROM stored ORDER BY id')) {
      collectGarbage();
      listed.push(id);
    }

    picture.close();
    expect(listed).toEqual(ids);
  });
});
