import type { Document, MongoClient } from 'mongodb';

/** A command as it went to the server. */
export interface Sent {
  name: string;
  collection: string;
  command: Document;
}

/** Commands of the driver's own housekeeping. */
const HOUSEKEEPING = new Set(['hello', 'ping', 'endSessions', 'killCursors', 'createIndexes']);

/** Records what a client (with `monitorCommands`) sends to one database. */
export class CommandLog {
  readonly sent: Sent[] = [];

  constructor(client: MongoClient, database: string) {
    client.on('commandStarted', ({ commandName: name, command, databaseName }) => {
      if (databaseName !== database || HOUSEKEEPING.has(name)) return;
      const target: unknown = name === 'getMore' ? command.collection : command[name];
      this.sent.push({ name, collection: String(target), command });
    });
  }

  /** Forgets what was sent so far. */
  clear(): void {
    this.sent.length = 0;
  }

  /** `find rooms`, `insert room_log`, … in the order they were sent. */
  get names(): string[] {
    return this.sent.map(({ name, collection }) => `${name} ${collection}`);
  }

  /** How many commands of this name went to this collection. */
  count(name: string, collection: string): number {
    return this.sent.filter((one) => one.name === name && one.collection === collection).length;
  }
}
