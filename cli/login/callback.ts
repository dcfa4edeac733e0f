import type { Page } from './pages.ts';

/** What Spotify sent the browser back with. */
export type Callback = {
  readonly query: URLSearchParams;
  /** Shows the person how it ended, where they are. Settles once it is shown, or nobody looks any more. */
  readonly answer: (page: Page) => Promise<void>;
};

/** A way for Spotify's answer to come back. */
export type CallbackSource = {
  readonly redirectUri: string;
  /** The first answer with this `state`: others belong to another attempt. Stays open until closed. */
  readonly receive: (state: string) => Promise<Callback>;
  readonly close: () => void;
};
