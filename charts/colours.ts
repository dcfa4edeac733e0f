/** Colours of charts and of the page around them. 4.5 : 1 for text and 3 : 1 for marks on the background, in both schemes. */
export const COLOURS = {
  light: {
    background: '#ffffff',
    text: '#1f2933',
    faint: '#55606e',
    grid: '#dde2e8',
    mark: '#2a6fb8',
    accent: '#b3470f',
    band: '#f0c9ae',
    hollow: '#6b7686',
  },
  dark: {
    background: '#14181d',
    text: '#e6e9ed',
    faint: '#a3adb9',
    grid: '#333b45',
    mark: '#6fb1f2',
    accent: '#f29a5f',
    band: '#5a3a26',
    hollow: '#8f9aa8',
  },
} as const;

type Token = keyof (typeof COLOURS)['light'];

/** The colour of the scheme in which the picture is looked at. */
export const colour = (token: Token): string => `var(--${token})`;

/** The variables, as CSS for `selector`. Paper is light. */
export function colourCss(selector: string): string {
  const [light, dark] = [COLOURS.light, COLOURS.dark].map(
    (scheme) =>
      `${selector}{${Object.entries(scheme)
        .map(([token, value]) => `--${token}:${value}`)
        .join(';')}}`,
  );
  return `${light}@media screen and (prefers-color-scheme:dark){${dark}}`;
}
