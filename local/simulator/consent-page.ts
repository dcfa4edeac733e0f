import { escapeHtml } from '../../lib/escape-html.ts';
import { type Answer, toTextAnswer } from './answers.ts';
import { type Consent } from './codes.ts';
import { describeScope } from './scopes.ts';

/** The page that asks the user; its form goes back to the address it came from, query and all. */
export function toConsentPage(
  { clientId, redirectUri, scopes }: Consent,
  userName: string,
): Answer {
  const asked = scopes.map((scope) => `<li>${escapeHtml(describeScope(scope))}</li>`).join('\n');
  const wishes =
    scopes.length === 0
      ? '<p>It asks for nothing that is not public anyway.</p>'
      : `<p>It wants to:</p>\n<ul>\n${asked}\n</ul>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agree? – Simulated Spotify</title>
<link rel="icon" href="data:,">
<style>
body { max-width: 32rem; margin: 3rem auto; padding: 0 1rem; font: 1.1rem/1.5 system-ui, sans-serif; }
code { overflow-wrap: anywhere; }
button { font: inherit; padding: 0.5rem 1.5rem; margin: 0 0.5rem 0.5rem 0; }
</style>
</head>
<body>
<main>
<h1>Let this app use your Spotify account?</h1>
<p>You are logged in as ${escapeHtml(userName)}. The app is <code>${escapeHtml(clientId)}</code>.</p>
${wishes}
<form method="post">
<button type="submit" name="decision" value="agree">Agree</button>
<button type="submit" name="decision" value="cancel">Cancel</button>
</form>
<p>Either way you are sent to <code>${escapeHtml(redirectUri)}</code>.</p>
<p><small>This is a simulated Spotify on your own machine: no account is touched.</small></p>
</main>
</body>
</html>
`;
  return toTextAnswer(200, html, 'text/html');
}
