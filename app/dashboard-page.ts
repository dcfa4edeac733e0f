/** The dashboard as one HTML file: script, style and data are in it, and it can ask for nothing. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../lib/escape-html.ts';

export type DashboardPage = {
  readonly script: string;
  readonly style: string;
  /** The data, as `packDashboard` makes it. */
  readonly packed: string;
  /** Shows that year in review instead of all pages. */
  readonly year?: number | undefined;
  /** The version of the library, where a server can be asked for the next one; absent in a file. */
  readonly servedVersion?: string | undefined;
};

/** Browsers and proxies keep no copy of a history. */
export const PRIVATE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The page. Its policy is in it, so that a file is as strict as a served one. */
export function renderDashboard(page: DashboardPage): string {
  const { packed, servedVersion, year } = page;
  const attributes = [
    'lang="en"',
    year === undefined ? '' : `data-year="${year}"`,
    servedVersion === undefined ? '' : `data-served="${escapeHtml(servedVersion)}"`,
  ];
  const title = year === undefined ? 'Your music' : `Your ${year} in music`;
  return `<!doctype html>
<html ${attributes.filter((each) => each !== '').join(' ')}>
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${toPolicy(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${page.style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This page draws your listening history with JavaScript. Allow it for this page: it asks no other site for anything.</noscript>
<script type="text/plain" id="data">${packed}</script>
<script>${toScript(page)}</script>
</body>
</html>
`;
}

/** The headers of a page that is served. */
export function toPageHeaders(page: DashboardPage): Readonly<Record<string, string>> {
  return {
    ...PRIVATE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    // Browsers take it from a header only.
    'content-security-policy': `${toPolicy(page)}; frame-ancestors 'none'`,
  };
}

function toPolicy(page: DashboardPage): string {
  const rules = [
    "default-src 'none'",
    `script-src '${toHash(toScript(page))}'`,
    `style-src '${toHash(page.style)}'`,
    'img-src data:',
    `connect-src '${page.servedVersion === undefined ? 'none' : 'self'}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return rules.join('; ');
}

/** Either would end the element, or keep its end from being one. They stand in texts only, where `\x3c` is the same. */
function toScript({ script }: DashboardPage): string {
  return script.replaceAll(/<(?=\/script|script|!--)/gi, String.raw`\x3c`);
}

function toHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
