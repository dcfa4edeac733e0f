import { writeWarning } from './terminal.ts';

/** Opens the address, or says that the person must. */
export async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.on('error', () => undefined);
  } catch {
    writeWarning('No browser could be opened. Open the address yourself.');
  }
}
