import { readFileSync } from 'node:fs';

/** A row of the table in docs/security.md. */
export interface Row {
  calls: string[];
  client: string;
  open: boolean;
  strict: boolean;
  withToken: boolean;
}

/** The table of what works with unchanged clients, as it stands in the documentation. */
export function documentedRows(): Row[] {
  const text = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^\| (`.+`.*) \| (app|socket server.*?) \| (yes|no) \| (yes|no) \| (yes|no) \|$/gm)].map(
    ([, calls, client, open, strict, withToken]) => ({
      calls: [...calls!.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`/g)].map(([, call]) => call!),
      client: client!,
      open: open === 'yes',
      strict: strict === 'yes',
      withToken: withToken === 'yes',
    }),
  );
}
