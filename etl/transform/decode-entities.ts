const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Decodes HTML: `Rock &amp; Roll` is `Rock & Roll`. Spotify sends only playlist descriptions as HTML. */
export function decodeEntities(html: string): string {
  return html.replace(
    /&(#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-z]{2,4});/g,
    (entity, name: string) => NAMED.get(name) ?? toCharacter(name) ?? entity,
  );
}

function toCharacter(name: string): string | undefined {
  const isHex = /^#x/i.test(name);
  const codePoint = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  return codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
}
