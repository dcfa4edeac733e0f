/** What a program writes, kept from the screen: for tests of a log. */

/** Every line written since a test began. Call it once, where tests are declared. */
export function captureLines(): readonly string[] {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((line) => {
        lines.push(String(line));
        return true;
      });
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return lines;
}
