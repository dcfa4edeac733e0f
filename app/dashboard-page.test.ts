import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { type DashboardPage, renderDashboard, toPageHeaders } from './dashboard-page.ts';

const PAGE = { script: 'let a = 1;', style: 'a { color: red; }', packed: 'H4sI' };

const policyOf = (html: string): string =>
  /http-equiv="content-security-policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
const sha256 = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the page', () => {
  test('runs what it has and nothing else, by hash', () => {
    const html = renderDashboard(PAGE);

    expect(policyOf(html).split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sha256(PAGE.script)}`,
      `style-src ${sha256(PAGE.style)}`,
      'img-src data:',
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).toContain(`<style>${PAGE.style}</style>`);
    expect(html).toContain(`<script>${PAGE.script}</script>`);
    expect(html).toContain('<script type="text/plain" id="data">H4sI</script>');
    expect(html).not.toMatch(/data-served|data-year|https?:/);
  });

  test('names the year it is about, and the version of the library that it is served from', () => {
    const page = { ...PAGE, year: 2026, servedVersion: '12-"34"' };

    expect(renderDashboard(page)).toContain(
      '<html lang="en" data-year="2026" data-served="12-&quot;34&quot;">',
    );
    expect(policyOf(renderDashboard(page))).toContain("connect-src 'self'");
  });

  test('is served with its own policy, out of frames and caches', () => {
    const page: DashboardPage = { ...PAGE, servedVersion: '1' };

    expect(toPageHeaders(page)).toEqual({
      'cache-control': 'no-store',
      'content-security-policy': `${policyOf(renderDashboard(page))}; frame-ancestors 'none'`,
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  test('ends its script only where it ends, whatever texts are in it', () => {
    const pieces = ['</script>', '</SCRIPT', '<script', '<!--', '-->', 'a', '<', '\\', "'", '</'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        const text = parts.join('');
        const html = renderDashboard({
          ...PAGE,
          script: `text = ${JSON.stringify(text)};`,
        });
        const [, script = ''] = /<script>([\s\S]*)<\/script>\n<\/body>/.exec(html) ?? [];

        expect(script).not.toMatch(/<(?:\/?script|!--)/i);
        const scope: { text?: string } = {};
        runInNewContext(script, scope);
        expect(scope.text).toBe(text);
      }),
    );
  });
});
