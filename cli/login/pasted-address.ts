import { createInterface } from 'node:readline';
import { type Callback, type CallbackSource, toRedirectUri } from './callback-server.ts';
import { LoginError } from './login-error.ts';

type PasteOptions = {
  readonly input: NodeJS.ReadStream;
  readonly port: number | undefined;
  /** Told why a line typed at a terminal will not do; another one may follow. */
  readonly onFault: (error: LoginError) => void;
};

/** For a machine without a browser: the person brings the address the browser ended on. */
export function createPasteSource({ input, port, onFault }: PasteOptions): CallbackSource {
  return {
    redirectUri: toRedirectUri(port),
    // Listened to only now: a line that comes before anybody asks for it is lost.
    receive: (state) =>
      readAddress(createInterface({ input, terminal: false }), {
        state,
        onFault: input.isTTY ? onFault : undefined,
      }),
    close: () => {
      // An input left open would keep the process waiting for it.
      input.destroy();
    },
  };
}

async function readAddress(
  lines: AsyncIterable<string>,
  { onFault, state }: { state: string; onFault: PasteOptions['onFault'] | undefined },
): Promise<Callback> {
  for await (const line of lines) {
    if (line.trim() === '') continue;
    try {
      const query = parsePastedAddress(line);
      if (query.get('state') === state) return { query, answer: () => Promise.resolve() };
      throw new LoginError(
        'This answer belongs to another login attempt.',
        'Open the address that is printed above, and paste where that one ends.',
      );
    } catch (error) {
      if (onFault === undefined || !(error instanceof LoginError)) throw error;
      onFault(error);
    }
  }
  throw new LoginError(
    'No address was pasted.',
    'Run the login again. Open the address it prints, agree, and paste the address the browser ends on.',
  );
}

/**
 * The query of a pasted address. It may stand in quotes or angle brackets, be broken by blanks, or lack its beginning.
 *
 * @throws LoginError that never quotes what was pasted
 */
export function parsePastedAddress(text: string): URLSearchParams {
  const address = text.replaceAll(/[\s"'`<>\u201c\u201d]/g, '');
  const [, query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query.replace(/#.*$/, ''));
  const isTheOneToOpen = parameters.has('response_type');
  if (!isTheOneToOpen && (parameters.has('code') || parameters.has('error'))) return parameters;
  const why = isTheOneToOpen
    ? 'it is the one to open, as it was printed'
    : 'there is no code in it';
  throw new LoginError(
    `That is not the address the browser ends on: ${why}.`,
    'After you agree, the browser shows an address that begins with http://127.0.0.1 and holds code=. Copy the whole of it, even if the page says that it cannot be reached.',
  );
}
