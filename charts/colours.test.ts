import { COLOURS } from './colours.ts';

/** WCAG 2: relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.039_28 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('on a %s background', (scheme) => {
  const colours = COLOURS[scheme];

  it.each(['text', 'faint', 'mark'] as const)('%s can be read', (token) => {
    expect(contrast(colours[token], colours.background)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['mark', 'accent', 'hollow'] as const)('%s can be seen', (token) => {
    expect(contrast(colours[token], colours.background)).toBeGreaterThanOrEqual(3);
  });
});
