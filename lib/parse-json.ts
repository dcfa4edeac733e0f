/** Undefined if the text is not JSON: an empty body, a cut one, an HTML page. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
