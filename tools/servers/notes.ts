import { readJson, writeJson } from '#tools/servers/json-file.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';

/** What a data folder notes about a server of ours: the running one, or the last. */
export interface Notes extends ProcessId {
  port: number;
  version: string;
  /** Where its binary came from, for people. */
  from: string;
}

/** The file with the notes about one server. */
export class NotesFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  read(): Notes | undefined {
    return readJson(this.#file) as Notes | undefined;
  }

  write(notes: Notes): void {
    writeJson(this.#file, notes);
  }
}
