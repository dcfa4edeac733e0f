import type { Page } from './pages.ts';

/** What Spotify sent the browser back with. */
export type Callback = {
  readonly query: URLSearchParams;
  /** Shows the outcome in the browser. Settles once the page is sent, or the browser is gone. */
  readonly answer: (page: Page) => Promise<void>;
};

/** A way for Spotify's answer to come back. */
export type CallbackSource = {
  readonly redirectUri: string;
  /** The first answer with this `state`: others belong to another attempt. Stays open until closed. */
  readonly receive: (state: string) => Promise<Callback>;
  readonly close: () => void;
};
