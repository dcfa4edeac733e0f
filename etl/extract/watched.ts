import type { ListSource } from './sources.ts';

/** The same source; `onItems` is called after each page, with how many items of the list are read by now, and its total. */
export function watchReads(
  source: ListSource,
  onItems: (items: number, total: number) => void,
): ListSource {
  let items = 0;
  const note = (page: { readonly items: readonly unknown[]; readonly total: number }): void => {
    items += page.items.length;
    onItems(items, page.total);
  };
  return {
    ...source,
    getPlaylist: async (playlistId) => {
      const opening = await source.getPlaylist(playlistId);
      items = 0;
      if (opening.firstPage !== undefined) note(opening.firstPage);
      return opening;
    },
    listFurtherPages: async function* (...args) {
      for await (const page of source.listFurtherPages(...args)) {
        note(page);
        yield page;
      }
    },
    getItems: async (...args) => {
      const page = await source.getItems(...args);
      note(page);
      return page;
    },
  };
}
