import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DashboardData } from '../data.ts';
import { toDayRange, toMoment, toName } from './format.ts';
import { AlbumLengths } from './pages/album-lengths.tsx';
import { Health } from './pages/health.tsx';
import { Overview } from './pages/overview.tsx';
import { Playlists } from './pages/playlists.tsx';
import { Ranks } from './pages/ranks.tsx';
import { Time } from './pages/time.tsx';
import { Year } from './pages/year.tsx';
import { Navigation } from './parts/navigation.tsx';
import { Toolbar } from './parts/period-picker.tsx';
import { SettingsPanel } from './parts/settings.tsx';
import { useRefresh } from './refresh.ts';
import { PAGES, parseRoute, type Route } from './route.ts';
import { type ChangeSettings, type Settings, useSettings } from './settings.ts';
import { afterPaint, useView, type View } from './view.ts';

export type AppProps = {
  readonly data: DashboardData;
  /** Only its review is shown. */
  readonly year: number | undefined;
  /** Of the library, where a command serves the page; undefined in a file. */
  readonly version: string | undefined;
};

export function App({ data: first, version, year }: AppProps): VNode {
  const [data, onData] = useState(first);
  const [settings, change] = useSettings();
  const problem = useRefresh({ version, onData });
  const hash = useRoute();
  const route = useMemo(
    (): Route => (year === undefined ? hash : { ...hash, choice: { kind: 'oneYear', year } }),
    [hash, year],
  );
  const view = useView(data, settings, route);
  useMarks(view);
  const footer = <Footer view={view} isFile={version === undefined} problem={problem} />;
  if (year !== undefined) {
    return (
      <>
        <Year view={view} year={year} />
        {footer}
      </>
    );
  }
  return (
    <Shell view={view} settings={settings} onSettings={change}>
      {footer}
    </Shell>
  );
}

function useRoute(): Route {
  const [route, set] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => {
      set(parseRoute(location.hash));
    };
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
    };
  }, []);
  return route;
}

/** For a bench: when the first chart, and what follows a change, is on the screen. */
function useMarks({ data, history, measure, period }: View): void {
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    const name = isFirst.current ? 'dashboard:drawn' : 'dashboard:changed';
    isFirst.current = false;
    afterPaint(() => {
      performance.mark(name);
    });
  }, [data, history, measure, period]);
}

type ShellProps = {
  readonly view: View;
  readonly settings: Settings;
  readonly onSettings: ChangeSettings;
  readonly children: VNode;
};

function Shell({ children, onSettings, settings, view }: ShellProps): VNode {
  const { detail, page } = view.route;
  const list = page === 'playlists' ? detail : undefined;
  const playlist = view.data.playlists.find(({ id }) => id === list);
  const title = playlist ? toName(playlist.name) : PAGES[page];
  const main = useRef<HTMLElement>(null);
  const place = `${page} ${list}`;
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);
  useEffect(() => {
    document.title = `${title} – your music`;
  }, [title]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="side">
        <p class="brand">Your music</p>
        <Navigation route={view.route} />
        <SettingsPanel settings={settings} onChange={onSettings} />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Heading view={view} onSettings={onSettings} />
        <Page view={view} />
      </main>
      {children}
    </div>
  );
}

type HeadingProps = Pick<ShellProps, 'view' | 'onSettings'>;

function Heading({ onSettings, view }: HeadingProps): VNode {
  const { chosen, data, period, route } = view;
  const hasPeriod = data.plays.length > 0 && !TIMELESS.includes(route.page);
  return (
    <div class="heading">
      <div>
        <h1>{PAGES[route.page]}</h1>
        {hasPeriod && (
          <p class="faint">
            {route.choice.kind !== 'own' && `${chosen.label}: `}
            {toDayRange(period.from, period.until - period.from)}
            {route.page === 'overview' &&
              chosen.before !== undefined &&
              `, compared with ${chosen.beforeLabel}`}
          </p>
        )}
      </div>
      {hasPeriod && <Toolbar view={view} onSettings={onSettings} />}
    </div>
  );
}

const TIMELESS: readonly string[] = ['playlists', 'album-lengths', 'health'];

function Page({ view }: { readonly view: View }): VNode {
  const { page } = view.route;
  switch (page) {
    case 'overview':
      return <Overview view={view} />;
    case 'time':
      return <Time view={view} />;
    case 'playlists':
      return <Playlists view={view} />;
    case 'album-lengths':
      return <AlbumLengths view={view} />;
    case 'health':
      return <Health view={view} />;
    case 'songs':
    case 'artists':
    case 'albums':
    case 'shows':
      return <Ranks key={page} kind={page} view={view} />;
  }
}

type FooterProps = {
  readonly view: View;
  readonly isFile: boolean;
  /** Why the page is not refreshed. */
  readonly problem: string | undefined;
};

function Footer({ isFile, problem, view: { data, history } }: FooterProps): VNode {
  return (
    <footer>
      {isFile ? (
        <p>This file is your listening history: keep it to yourself.</p>
      ) : (
        // There from the beginning, or a screen reader says nothing of a change.
        <p role="status">{problem !== undefined && `Not refreshing. ${problem}`}</p>
      )}
      <p>
        Made from <bdi>{data.library}</bdi> on {toMoment(history.calendar, data.madeAtMs)} (
        {history.calendar.zone}).
      </p>
    </footer>
  );
}
