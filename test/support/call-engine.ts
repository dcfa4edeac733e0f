/** A call handed on to an engine as it came, by who stands between a client and it. */
import type { IncomingHttpHeaders } from 'node:http';

/** Forwards only the headers that the engine needs. */
export async function callEngine(
  url: string,
  headers: IncomingHttpHeaders,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': String(headers['x-amz-target']),
      'x-amz-date': String(headers['x-amz-date']),
      authorization: String(headers.authorization),
    },
    body,
  });
  return { status: response.status, body: await response.text() };
}
