// The request layer of spotify-web-api-node, which its published types leave out.
declare module 'spotify-web-api-node/src/base-request.js' {
  export type Parameters = Readonly<Record<string, string | number | undefined>>;
  export type Body = Readonly<Record<string, unknown>>;

  export type Request = {
    /** Scheme, host, port and path, without the query. */
    getURI(): string;
    getQueryParameters(): Parameters | undefined;
    getBodyParameters(): Body | undefined;
    getHeaders(): Readonly<Record<string, string>> | undefined;
    /** Ours: set for a write, whose body is JSON. */
    readonly method?: 'POST' | 'PUT' | 'DELETE';
  };

  export type Builder = {
    withHost(host: string): Builder;
    withPort(port: number): Builder;
    withScheme(scheme: string): Builder;
    withPath(path: string): Builder;
    withQueryParameters(parameters: Parameters): Builder;
    withBodyParameters(parameters: Body): Builder;
    withHeaders(headers: Readonly<Record<string, string>>): Builder;
    build(): Request;
  };
}

declare module 'spotify-web-api-node/src/webapi-request.js' {
  import type { Builder } from 'spotify-web-api-node/src/base-request.js';

  const WebApiRequest: { builder(accessToken: string): Builder };
  export default WebApiRequest;
}

declare module 'spotify-web-api-node/src/authentication-request.js' {
  import type { Builder } from 'spotify-web-api-node/src/base-request.js';

  const AuthenticationRequest: { builder(): Builder };
  export default AuthenticationRequest;
}
