/** Colours of charts and of the pages around them. 4.5 : 1 for text and 3 : 1 for marks, in both schemes. */
export const COLOURS = {
  light: {
    /** Of the page, behind the cards that have the background. */
    canvas: '#f7f6f3',
    background: '#ffffff',
    /** Of what is chosen. */
    tint: '#e2f0ed',
    text: '#1d2433',
    faint: '#566070',
    grid: '#e2e3e5',
    mark: '#0f766e',
    accent: '#b3470f',
    band: '#f0c9ae',
    hollow: '#6b7686',
    // From nothing to much.
    heat0: '#eceded',
    heat1: '#3ca488',
    heat2: '#008776',
    heat3: '#006a64',
    heat4: '#004f51',
    heat5: '#00353e',
  },
  dark: {
    canvas: '#0f1317',
    background: '#171c22',
    tint: '#1c3634',
    text: '#e8ebef',
    faint: '#a6b0bc',
    grid: '#2e363f',
    mark: '#4cc2b0',
    accent: '#f29a5f',
    band: '#5a3a26',
    hollow: '#8f9aa8',
    heat0: '#252c34',
    heat1: '#177377',
    heat2: '#16948e',
    heat3: '#2abaa4',
    heat4: '#53dcb7',
    heat5: '#a3fad4',
  },
} as const;

type Token = keyof (typeof COLOURS)['light'];

/** The colour of the scheme in which the picture is looked at. */
export const colour = (token: Token): string => `var(--${token})`;

/** The scale of heat maps, the first for nothing. */
export const HEAT = ['heat0', 'heat1', 'heat2', 'heat3', 'heat4', 'heat5'] as const;

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
