/** What came back is well formed and yet none of DynamoDB's own: a 200 with nothing in it, say, from something in between. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Returns where DynamoDB itself has answered, which puts its request ID on all it says. An empty answer would else count as one
 * that leaves nothing unprocessed and finds no row.
 *
 * @throws NoAnswerError
 */
export function assertAnswered(reply: unknown): void {
  const { $metadata: metadata } = toReply(reply);
  if (metadata?.requestId === undefined) {
    throw new NoAnswerError('An answer came that DynamoDB did not give: it has no request ID.');
  }
}

type Reply = { readonly $metadata?: { readonly requestId?: string | undefined } };

function toReply(reply: unknown): Reply {
  return typeof reply === 'object' && reply !== null ? reply : {};
}
