/**
 * Describes an answer from a Wi-Fi login page, a proxy or a firewall: Spotify's API and token endpoint answer with JSON, succeed
 * with 200 and never redirect. Undefined if it can be Spotify, which also sends HTML with 429 and 5xx.
 */
export function describeIntercepted(status: number, text: string): string | undefined {
  if (status === 429 || status >= 500) return undefined;
  if (status >= 300 && status < 400) return `a redirect (${status})`;
  if (isHtml(text)) return `a web page (${status})`;
  return status < 300 && status !== 200 ? `a success without data (${status})` : undefined;
}

export function isHtml(text: string): boolean {
  return text.trimStart().startsWith('<');
}
