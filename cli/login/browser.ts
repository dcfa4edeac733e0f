/** Opens an address in the person's own browser; false where none can be started. */
export async function openBrowser(url: URL): Promise<boolean> {
  try {
    const { default: open } = await import('open');
    const child = await open(url.href);
    child.on('error', () => undefined);
    return true;
  } catch {
    return false;
  }
}
