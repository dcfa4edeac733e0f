/** The pages at the end of a login. They show nothing from the address. */

import { createHash } from 'node:crypto';
import { escapeHtml } from '../../lib/escape-html.ts';

export type Page = {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
};

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; padding: clamp(1.5rem, 12vh, 8rem) 1.25rem; font: 1.125rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 0 auto; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
.mark { display: block; margin-bottom: 0.5rem; font-size: 2.5rem; line-height: 1; }
.good { color: light-dark(#116329, #57d07f); }
.bad { color: light-dark(#a40e26, #ff8a8a); }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Sent with every page: no cache, no referrer, no subresources. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

export function successPage(who: string): Page {
  return {
    status: 200,
    title: `Logged in as ${who}`,
    paragraphs: [
      'spotify-etl can now use this Spotify account. Continue in the terminal.',
      'You can close this page.',
    ],
  };
}

/** `sentences` say what went wrong and what to do. */
export function failurePage(sentences: readonly string[]): Page {
  return {
    status: 400,
    title: 'The login did not work',
    paragraphs: [...sentences, 'The terminal shows the same. You can close this page.'],
  };
}

export const STRAY_PAGE: Page = {
  status: 400,
  title: 'This answer belongs to another login attempt',
  paragraphs: ['The terminal is still waiting for its own answer. You can close this page.'],
};

export const NOT_FOUND_PAGE: Page = {
  status: 404,
  title: 'There is nothing here',
  paragraphs: ['This address only waits for the end of a Spotify login.'],
};

export function renderPage({ paragraphs, status, title }: Page): string {
  const [mark, tone] = status === 200 ? ['✔', 'good'] : ['✖', 'bad'];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} – spotify-etl</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<span class="mark ${tone}" aria-hidden="true">${mark}</span>
<h1>${escapeHtml(title)}</h1>
${paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
</main>
</body>
</html>
`;
}
