import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { OLD_COLLECTIONS } from '#shared/own-database.ts';
import type { Adoption } from '#tools/adopt/adoption.ts';
import { asideOf } from '#tools/adopt/set-aside.ts';
import type { Tally } from '#tools/adopt/notes.ts';

const HEAD = ['collection', 'before', 'after', 'set aside', 'originals kept'];

function rowsOf(tally: Tally): string[][] {
  const n = (what: string) => tally.get(what) ?? 0;
  const all = [...OLD_COLLECTIONS, 'rooms', 'read_messages_latest'] as const;
  return all.map((c) => [c, ...['before', 'after', 'aside', 'originals'].map((what) => String(n(`${what}:${c}`)))]);
}

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n');
}

const found = (tally: Tally): [string, number][] =>
  [...tally]
    .filter(([what, n]) => what.startsWith('found:') && n > 0)
    .map(([what, n]): [string, number] => [what.slice('found:'.length), n])
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** The counts, for people: before and after of each collection, and what was put right how often. */
export function summaryOf(tally: Tally, indexes: readonly string[]): string {
  const lines = found(tally).map(([what, n]) => `${String(n).padStart(9)}  ${what}`);
  return [
    table([HEAD, ...rowsOf(tally)]),
    '',
    'Put right:',
    ...(lines.length > 0 ? lines : ['           nothing']),
    ...(indexes.length > 0
      ? ['', 'Indexes of the older service that were dropped:', ...indexes.map((one) => `  ${one}`)]
      : []),
    '',
  ].join('\n');
}

/** Writes the summary and the list of all documents that were put right to a file. */
export async function writeReport(
  adoption: Adoption,
  file: string,
  { title, tally, indexes }: { title: string; tally: Tally; indexes: readonly string[] },
): Promise<void> {
  const out = createWriteStream(file);
  const put = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await put(`${title}\n\n${summaryOf(tally, indexes)}\n`);
  await put(`What is set aside, and the originals of what is cut, lies in ${asideOf('group_messages')} and so on.\n`);
  let kind = '';
  for await (const { _id, detail } of adoption.notes.findings.find({}).sort({ _id: 1 })) {
    if (_id.kind !== kind) await put(`\n${_id.kind}:\n`);
    kind = _id.kind;
    await put(`  ${_id.c} ${_id.id}${detail === undefined ? '' : `  ${detail}`}\n`);
  }
  out.end();
  await once(out, 'finish');
}
