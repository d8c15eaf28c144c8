import { ERRORS, type ErrorCode } from '#shared/errors.ts';
import { retryAfterOf } from '#services/api-gateway/problem.ts';

/**
 * Pages and their files come from this server alone. `unsafe-inline` is for the style attributes that Swagger UI sets.
 */
export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
${head}
</head>
<body>
${body}
</body>
</html>
`;

/** The description of the API, with requests to try. */
export const DOCS_PAGE = page(
  'Truematch API',
  '<link rel="stylesheet" href="/docs/assets/swagger-ui.css">',
  `<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>`,
);

/** Starts Swagger UI; a file of its own, because the page allows no inline script. */
export const START_SCRIPT = `window.ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const row = (code: ErrorCode) => {
  const { status, detail } = ERRORS[code];
  const retryAfter = retryAfterOf(code);
  return `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${escape(detail)}</td><td>${
    retryAfter === undefined ? '' : `after ${retryAfter} s`
  }</td></tr>`;
};

const STYLE = `<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
tr:target { background: #fff3bf; }
</style>`;

/** Every error code; the `type` of a problem leads to its row. */
export const ERRORS_PAGE = page(
  'Truematch API: errors',
  STYLE,
  `<h1>Errors</h1>
<p>Errors are <code>application/problem+json</code>. <code>detail</code> says what is wrong, <code>code</code> is stable.
A 5xx to a write means that nothing was stored and never will be, except with <code>outcome_unknown</code>: read before
you try again, or send the same <code>Idempotency-Key</code>.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Try again</th></tr></thead>
<tbody>
${(Object.keys(ERRORS) as ErrorCode[]).map(row).join('\n')}
</tbody>
</table>
<p><a href="/docs">The API</a></p>`,
);
