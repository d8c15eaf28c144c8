import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { identify, isAlive, type ProcessId } from '#tools/mongod/process-id.ts';

/** What the data folder notes about its `mongod`: the running one, or the last. */
export interface Notes extends ProcessId {
  port: number;
  version: string;
  from: string;
}

/** Long enough for a second starter that saw the same stale owner to have put its own name there. */
const SETTLE_MS = 50;

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Cut off by a crash of the machine: as good as none.
    return undefined;
  }
}

/** Written whole or not at all: a reader never sees half of it. */
function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, file);
}

/** The folder that a `mongod` of ours and the notes about it live in. One running program owns it at a time. */
export class DataFolder {
  readonly path: string;
  /** The `mongod`'s dbpath. */
  readonly database: string;
  /** The `mongod`'s log. */
  readonly log: string;
  readonly #shown: string;
  readonly #ownerFile: string;
  readonly #notesFile: string;

  /** Makes the folder if need be. Throws ConfigError when that cannot be done. */
  constructor(folder: string) {
    this.path = resolve(folder);
    this.#shown = `DATA_DIR=${folder}`;
    this.database = join(this.path, 'mongodb');
    this.log = join(this.path, 'mongod.log');
    this.#ownerFile = join(this.path, 'owner.json');
    this.#notesFile = join(this.path, 'mongod.json');
    try {
      mkdirSync(this.database, { recursive: true });
      // A folder that may be read and not written would fail later, and less clearly.
      writeJson(join(this.path, '.writable'), null);
      rmSync(join(this.path, '.writable'));
    } catch (error) {
      throw new ConfigError(`${this.#shown}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  /**
   * Makes this process the owner. An owner that died, however it did, counts as none.
   * Throws ConfigError when another running program owns the folder.
   */
  async claim(): Promise<void> {
    const me = identify(process.pid);
    if (!me) throw new Error('this process cannot be identified');
    const draft = `${this.#ownerFile}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(me));
    try {
      this.#takeFromTheDead(draft);
    } finally {
      rmSync(draft, { force: true });
    }
    await sleep(SETTLE_MS);
    const owner = this.#owner();
    if (owner?.pid !== me.pid || owner.started !== me.started) throw this.#inUse(owner);
  }

  #takeFromTheDead(draft: string): void {
    for (;;) {
      try {
        // Fails when the name is taken, unlike a rename.
        linkSync(draft, this.#ownerFile);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = this.#owner();
      if (owner && isAlive(owner)) throw this.#inUse(owner);
      rmSync(this.#ownerFile, { force: true });
    }
  }

  #owner(): ProcessId | undefined {
    return readJson(this.#ownerFile) as ProcessId | undefined;
  }

  #inUse(owner: ProcessId | undefined): ConfigError {
    return new ConfigError(`${this.#shown}: is in use by another running program${owner ? ` (pid ${owner.pid})` : ''}`);
  }

  /** Gives the folder up. */
  release(): void {
    if (this.#owner()?.pid === process.pid) rmSync(this.#ownerFile, { force: true });
  }

  get notes(): Notes | undefined {
    return readJson(this.#notesFile) as Notes | undefined;
  }

  set notes(notes: Notes) {
    writeJson(this.#notesFile, notes);
  }
}
