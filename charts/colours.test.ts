import { COLOURS, HEAT } from './colours.ts';

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
  const { [scheme]: colours } = COLOURS;

  it.each(['text', 'faint', 'mark'] as const)('%s can be read', (token) => {
    for (const behind of [colours.background, colours.canvas, colours.tint]) {
      expect(contrast(colours[token], behind)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(['mark', 'accent', 'hollow', ...HEAT.slice(1)] as const)('%s can be seen', (token) => {
    expect(contrast(colours[token], colours.background)).toBeGreaterThanOrEqual(3);
  });

  it('each step of the scale is further from the background than the one before', () => {
    const steps = HEAT.map((token) => contrast(colours[token], colours.background));
    for (const [at, step] of steps.slice(1).entries()) {
      expect(step).toBeGreaterThan((steps[at] ?? 0) * 1.3);
    }
  });

  it('a hatched day can be told from an empty one', () => {
    expect(contrast(colours.hollow, colours.heat0)).toBeGreaterThanOrEqual(3);
  });
});
