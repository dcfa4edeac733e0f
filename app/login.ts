/** What the commands need to know about a login: where it is kept, whose it is, and how long it lasts. */
export { FileTokenStore } from '../spotify/login/file-token-store.ts';
export { findLogin, type LoginState } from '../spotify/login/find-login.ts';
export { loginDaysLeft, loginEndsAt } from '../spotify/login/login-life.ts';
export { SecretTokenStore } from '../spotify/login/secret-token-store.ts';
export type { Login, TokenStore } from '../spotify/login/token-store.ts';
