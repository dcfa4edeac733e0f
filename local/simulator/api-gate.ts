import { type TokenFacts } from './access-tokens.ts';
import { type Answer, toErrorAnswer, toTextAnswer } from './answers.ts';
import { type ApiRequest, type World } from './api-request.ts';
import { type Engine } from './serving.ts';

const NO_PREMIUM =
  'Active premium subscription required for the owner of the app. ' +
  'When the subscription status changes, it can take a few hours before requests are allowed again.';
const NOT_REGISTERED =
  'The user is not registered for this application. ' +
  'Please check your settings on https://developer.spotify.com/dashboard.';

type Call = Pick<ApiRequest, 'query' | 'forced' | 'body'> & {
  readonly authorization: string | undefined;
};

/** Checks the token, the account's state and its quota, as the API does for every call, then lets `answer` speak. */
export function answerAsApi(
  engine: Engine,
  { authorization, body, query, forced }: Call,
  answer: (world: World, request: ApiRequest) => Answer,
): Answer {
  const token = engine.accessTokens.check(authorization);
  if ('status' in token) return token;
  const refusal = refuseAccount(engine, token) ?? refuseOverQuota(engine);
  if (refusal !== undefined) return refusal;
  const { catalogue, echoes, now, plays, recorded, settings } = engine;
  const world = { ...settings, catalogue, echoes, plays, recorded, nowMs: now() };
  return answer(world, { query, token, forced, body });
}

/** What is refused here is not counted. */
function refuseAccount({ settings }: Engine, { kind }: TokenFacts): Answer | undefined {
  if (!settings.premium) return toErrorAnswer(403, NO_PREMIUM);
  if (kind === 'client' || settings.allowListed === true) return undefined;
  return settings.allowListed === 'json'
    ? toErrorAnswer(403, NOT_REGISTERED)
    : toTextAnswer(403, 'User not registered in the Developer Dashboard');
}

function refuseOverQuota({ settings, quotaGate }: Engine): Answer | undefined {
  const { quota } = settings;
  const refuseSeconds = quota === null ? undefined : quotaGate.refuseSeconds(quota);
  if (refuseSeconds === undefined) return undefined;
  const refusal = toErrorAnswer(429, 'Too many requests', 'QUOTA_EXCEEDED');
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': String(refuseSeconds) } };
}
