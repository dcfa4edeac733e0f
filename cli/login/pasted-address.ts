import { createInterface } from 'node:readline';
import { writeWarning } from '../shared/terminal.ts';
import { type Callback, type CallbackSource, toRedirectUri } from './callback-server.ts';
import { LoginError } from './login-error.ts';

/** For a machine without a browser: the user pastes the address that the browser ended on. */
export function createPasteSource(
  input: NodeJS.ReadStream,
  port: number | undefined,
): CallbackSource {
  return {
    redirectUri: toRedirectUri(port),
    // Listens only now: an earlier line would be lost.
    receive: (state) => readAddress(input, state),
    close: () => {
      // An open input would keep the process alive.
      input.destroy();
    },
  };
}

async function readAddress(input: NodeJS.ReadStream, state: string): Promise<Callback> {
  for await (const line of createInterface({ input, terminal: false })) {
    if (line.trim() === '') continue;
    try {
      const query = parsePastedAddress(line);
      if (query.get('state') === state) return { query, answer: () => Promise.resolve() };
      throw new LoginError(
        'This answer belongs to another login attempt.',
        'Open the address that is printed above, and paste where that one ends.',
      );
    } catch (error) {
      // At a terminal another line can follow.
      if (!input.isTTY || !(error instanceof LoginError)) throw error;
      writeWarning(`${error.message} ${error.fix}`);
    }
  }
  throw new LoginError(
    'No address was pasted.',
    'Run the login again. Open the address it prints, agree, and paste the address the browser ends on.',
  );
}

/**
 * The query of a pasted address, which can have quotes or angle brackets, spaces inside, or no beginning.
 *
 * @throws LoginError that never quotes what was pasted
 */
export function parsePastedAddress(text: string): URLSearchParams {
  const address = text.replaceAll(/[\s"'`<>\u201c\u201d]/g, '');
  const [, query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query.replace(/#.*$/, ''));
  const isTheOneToOpen = parameters.has('response_type');
  if (!isTheOneToOpen && (parameters.has('code') || parameters.has('error'))) return parameters;
  const why = isTheOneToOpen ? 'it is the printed address' : 'there is no code in it';
  throw new LoginError(
    `That is not the address the browser ends on: ${why}.`,
    'After you agree, the browser shows an address that begins with http://127.0.0.1 and holds code=. Copy the whole of it, even if the page says that it cannot be reached.',
  );
}
