import { type Answer, toTokenErrorAnswer } from './answers.ts';

/** An app of the one developer account that the simulator knows. */
export type SimulatorApp = { readonly clientId: string; readonly clientSecret: string };

export type Form = Readonly<Record<string, string>>;

/** An app that asks for a token, and whether it proved itself by its secret. */
export type Client = { readonly clientId: string; readonly hasSecret: boolean };

/** The app that a token request names by Basic auth or in its form, or the answer that refuses it. */
export function findClient(
  apps: readonly SimulatorApp[],
  form: Form,
  authorization: string | undefined,
): Client | Answer {
  const { clientId, secret } = readCredentials(form, authorization);
  const app = apps.find((known) => known.clientId === clientId);
  if (app === undefined) return refuseClient();
  if (secret === undefined) return { clientId: app.clientId, hasSecret: false };
  return secret === app.clientSecret
    ? { clientId: app.clientId, hasSecret: true }
    : toTokenErrorAnswer('invalid_client', 'Invalid client secret');
}

/** Who asks, as far as it is one of these apps; the secret is not looked at. */
export function findClientId(
  apps: readonly SimulatorApp[],
  form: Form,
  authorization: string | undefined,
): string | undefined {
  const { clientId } = readCredentials(form, authorization);
  return apps.find((known) => known.clientId === clientId)?.clientId;
}

/** Spotify: what an unknown client is told, and one whose grant wants a secret it did not show. */
export function refuseClient(): Answer {
  return toTokenErrorAnswer('invalid_client', 'Invalid client');
}

type Credentials = {
  readonly clientId: string | undefined;
  readonly secret: string | undefined;
};

function readCredentials(form: Form, authorization: string | undefined): Credentials {
  if (authorization === undefined) return { clientId: form.client_id, secret: form.client_secret };
  const [scheme, value = ''] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'basic') return { clientId: undefined, secret: undefined };
  const [clientId, ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return { clientId, secret: rest.join(':') };
}
