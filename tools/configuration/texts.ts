import { VARIABLES } from '#shared/config.ts';

const BEGIN = '<!-- configuration -->';
const END = '<!-- /configuration -->';

const code = (text: string) => `\`${text}\``;

/** The README's table of every variable, as Markdown. */
export function configurationTable(): string {
  const rows = Object.values(VARIABLES).map(({ names, fallback, text }) => {
    const [name, ...others] = names;
    const named = others.length > 0 ? `${code(name)} (or ${others.map(code).join(', ')})` : code(name);
    return `| ${named} | ${fallback === '' ? '' : code(fallback)} | ${text} |`;
  });
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}

/** Where the README's table stands. Throws when the markers are missing. */
function placeIn(readme: string): [begin: number, end: number] {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return [begin + BEGIN.length, end];
}

/** What stands between the README's markers. Throws when they are missing. */
export const tableIn = (readme: string): string => readme.slice(...placeIn(readme)).trim();

/** The README with the table of now between its markers. Throws when they are missing. */
export function withTable(readme: string): string {
  const [begin, end] = placeIn(readme);
  return `${readme.slice(0, begin)}\n${configurationTable()}\n${readme.slice(end)}`;
}

/** `.env.example`: every variable with its default, commented out. */
export function envExample(): string {
  const blocks = Object.values(VARIABLES).map(
    ({ names, fallback, text }) => `# ${text.replaceAll('`', '')}\n#${names[0]}=${fallback}\n`,
  );
  return [
    '# Copy to .env and take the # off what you want to change. The environment wins over this file.\n',
    ...blocks,
  ].join('\n');
}
