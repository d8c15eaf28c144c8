import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { identify, isAlive, type ProcessId } from '#tools/mongod/process-id.ts';
import { readJson, writeJson } from '#tools/servers/json-file.ts';
import { type Notes, NotesFile } from '#tools/servers/notes.ts';

/** Long enough for a second starter that saw the same stale owner to have put its own name there. */
const SETTLE_MS = 50;

/** The folder that servers of ours and the notes about them live in. One running program owns it at a time. */
export class DataFolder {
  readonly path: string;
  /** The `mongod`'s dbpath. */
  readonly database: string;
  /** The `mongod`'s log. */
  readonly log: string;
  readonly #shown: string;
  readonly #ownerFile: string;

  /** Makes the folder if need be. Throws ConfigError when that cannot be done. */
  constructor(folder: string) {
    this.path = resolve(folder);
    this.#shown = `DATA_DIR=${folder}`;
    this.database = join(this.path, 'mongodb');
    this.log = join(this.path, 'mongod.log');
    this.#ownerFile = join(this.path, 'owner.json');
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

  /** The running program that owns it. */
  get owner(): ProcessId | undefined {
    const owner = this.#owner();
    return owner && isAlive(owner) ? owner : undefined;
  }

  /** Gives the folder up. */
  release(): void {
    if (this.#owner()?.pid === process.pid) rmSync(this.#ownerFile, { force: true });
  }

  /** The notes about one of its servers: `mongod`, … */
  notesOf(server: string): NotesFile {
    return new NotesFile(join(this.path, `${server}.json`));
  }

  /** The notes about its `mongod`. */
  get notes(): Notes | undefined {
    return this.notesOf('mongod').read();
  }
}
