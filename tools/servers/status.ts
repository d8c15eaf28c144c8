import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, ConfigError } from '#shared/config.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { isAlive } from '#tools/mongod/process-id.ts';
import { withoutPassword } from '#tools/start/database.ts';
import { serversFor, type Server } from '#tools/servers/table.ts';

async function binaryOf(server: Server, config: Config): Promise<string> {
  try {
    const { version, from, path } = await server.find(config, false);
    return `${version}, ${from}${path.includes('/') ? ` (${path})` : ''}`;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return `not found. ${error.message} \`npm run servers -- fetch\` tries to get one.`;
  }
}

function stateOf(server: Server, dataDir: string): string {
  if (!existsSync(dataDir)) return 'not running';
  const notes = new DataFolder(dataDir).notesOf(server.name).read();
  return notes && isAlive(notes)
    ? `running (pid ${notes.pid}), ${server.variable}=${server.address(notes.port)}`
    : 'not running';
}

/** For people: what is found where, what runs, and how to reach it. Fetches and starts nothing. */
export async function statusText(config: Config): Promise<string> {
  const rows: [string, string][] = [['Data', resolve(config.dataDir)]];
  for (const server of serversFor(config)) {
    const given = server.given(config);
    rows.push([server.name, await binaryOf(server, config)], ['', stateOf(server, config.dataDir)]);
    if (given) rows.push(['', `${server.variable} is set and used instead: ${withoutPassword(given)}`]);
  }
  return rows.map(([name, text]) => `${name.padEnd(12)} ${text}\n`).join('');
}
