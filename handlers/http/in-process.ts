/** The API without a network: calls its handlers like API Gateway, so that the answers are the same. */
import type { Answer } from '../../trigger/outcome.ts';
import type { ApiHandler, RunContext } from './api-handler.ts';

export async function askInProcess(
  handler: ApiHandler,
  query: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Answer> {
  const values = Object.entries(query).map(([name, value]): [string, string[]] => [name, [value]]);
  const event = { multiValueQueryStringParameters: Object.fromEntries(values) };
  const { body, headers = {}, statusCode } = await handler(event, context);
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { status: statusCode, headers: Object.fromEntries(texts), body };
}
