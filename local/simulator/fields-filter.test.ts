import fc from 'fast-check';
import { selectFields } from './fields-filter.ts';

const playlist = {
  snapshot_id: 's',
  name: 'Mix',
  items: { total: 2, next: null, items: [{ item: { id: 'a', name: 'A' } }, { item: null }] },
};

describe('the fields parameter', () => {
  it.each([
    ['snapshot_id', { snapshot_id: 's' }],
    ['name,snapshot_id', { name: 'Mix', snapshot_id: 's' }],
    ['items(total)', { items: { total: 2 } }],
    ['items.total,name', { name: 'Mix', items: { total: 2 } }],
    [
      'items(total,items(item(id)))',
      { items: { total: 2, items: [{ item: { id: 'a' } }, { item: null }] } },
    ],
    ['items.items.item.name', { items: { items: [{ item: { name: 'A' } }, { item: null }] } }],
    ['items(!items)', { items: { total: 2, next: null } }],
    ['!items', { name: 'Mix', snapshot_id: 's' }],
    ['unheard', {}],
    ['items(items(track(id)))', { items: { items: [{}, {}] } }],
    [' name , items( total ', { name: 'Mix', items: { total: 2 } }],
  ])('%s selects as Spotify does', (fields, selected) => {
    expect(selectFields(playlist, fields)).toEqual(selected);
  });

  it('never invents a field and never fails, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('name', 'items', 'x', ',', '(', ')', '.', '!', ' ') }),
        (fields) => {
          expect(playlist).toMatchObject(selectFields({ name: 'Mix' }, fields));
        },
      ),
    );
  });
});
