import { type Answer, toTextAnswer } from './answers.ts';
import { type Form, type SimulatorApp } from './apps.ts';
import { type Codes, type Consent } from './codes.ts';
import { toConsentPage } from './consent-page.ts';
import { isRegistered } from './redirect-uris.ts';
import { parseScopes } from './scopes.ts';
import { type Settings } from './settings.ts';

export type AuthorizeContext = {
  readonly apps: readonly SimulatorApp[];
  readonly redirectUris: readonly string[];
  readonly userName: string;
  readonly codes: Codes;
  readonly settings: Pick<Settings, 'consent'>;
};

/** Spotify: `GET /authorize`. Asks the user, unless the setting knows the answer. */
export function answerAuthorize(context: AuthorizeContext, query: Form): Answer {
  const consent = parseConsent(context, query);
  if ('status' in consent) return consent;
  const { consent: wanted } = context.settings;
  return wanted === 'page'
    ? toConsentPage(consent, context.userName)
    : decide(context, consent, { hasAgreed: wanted === 'agree', state: query.state });
}

/** The consent page's form, posted to the address of the page. Whatever is not `agree` is a no. */
export function answerDecision(context: AuthorizeContext, query: Form, form: Form): Answer {
  const consent = parseConsent(context, query);
  if ('status' in consent) return consent;
  return decide(context, consent, { hasAgreed: form.decision === 'agree', state: query.state });
}

function decide(
  { codes }: AuthorizeContext,
  consent: Consent,
  { hasAgreed, state }: { readonly hasAgreed: boolean; readonly state: string | undefined },
): Answer {
  const outcome = hasAgreed ? { code: codes.issue(consent) } : { error: 'access_denied' };
  return toRedirect(consent.redirectUri, { ...outcome, state });
}

/** What the app asks the user for, or the answer that refuses it: without a redirect where none can be trusted. */
function parseConsent({ apps, redirectUris }: AuthorizeContext, query: Form): Consent | Answer {
  const { client_id: clientId, redirect_uri: redirectUri = '' } = query;
  if (clientId === undefined || !apps.some((app) => app.clientId === clientId)) {
    return toTextAnswer(400, 'INVALID_CLIENT: Invalid client');
  }
  if (!isRegistered(redirectUri, redirectUris)) {
    return toTextAnswer(400, 'INVALID_CLIENT: Invalid redirect URI');
  }
  const scopes = parseScopes(query.scope ?? '');
  const { state } = query;
  if (query.response_type !== 'code') {
    return toRedirect(redirectUri, { error: 'unsupported_response_type', state });
  }
  if (scopes === undefined) return toRedirect(redirectUri, { error: 'invalid_scope', state });
  const flaw = findPkceFlaw(query);
  return flaw === undefined
    ? { clientId, redirectUri, scopes, challenge: query.code_challenge }
    : toRedirect(redirectUri, { error: 'invalid_request', error_description: flaw, state });
}

function findPkceFlaw(query: Form): string | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = query;
  if (challenge === undefined) {
    return method === undefined ? undefined : 'code_challenge must be supplied';
  }
  return method === 'S256' ? undefined : 'code_challenge_method must be S256';
}

function toRedirect(to: string, query: Readonly<Record<string, string | undefined>>): Answer {
  const location = new URL(to);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href }, body: { text: '' } };
}
