import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isPageName, PAGES, type Route, toHash } from '../route.ts';

/** On a phone it is a strip, which shows the page that is open. */
export function Navigation({ route }: { readonly route: Route }): VNode {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    const open = strip.current?.querySelector<HTMLElement>('[aria-current]');
    if (open) strip.current?.scrollTo({ left: open.offsetLeft - 48 });
  }, [route.page]);
  return (
    <nav ref={strip} aria-label="Pages">
      <ul>
        {Object.entries(PAGES).map(
          ([page, name]) =>
            isPageName(page) && (
              <li key={page}>
                <a
                  href={toHash({ ...route, page, detail: undefined })}
                  aria-current={page === route.page ? 'page' : undefined}
                >
                  {name}
                </a>
              </li>
            ),
        )}
      </ul>
    </nav>
  );
}
