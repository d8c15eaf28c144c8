import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#shared/config.ts';
import { MEDIA_KEY_HEADER, type MediaProblem, type UploadResult } from '#services/media/media.contract.ts';
import { MediaServer } from '#services/media/media-server.ts';
import { rulesOf } from '#services/media/purposes.ts';
import { DiskFolder } from '#services/media/store/disk-folder.ts';
import { DiskStore } from '#services/media/store/disk-store.ts';
import type { Store } from '#services/media/store/store.ts';
import { TemporaryFiles } from '#services/media/temporary-files.ts';
import { formOf, type FormFile } from '#test/http/support/uploads.ts';

/** A media service's HTTP, with a folder of its own, and no broker. */
export class MediaStage {
  readonly root = mkdtempSync(join(tmpdir(), 'truematch-media-'));
  readonly folder = new DiskFolder(this.root);
  readonly faults: unknown[] = [];
  server!: MediaServer;
  base = '';

  /** `env` sets limits; the store is the disk unless one is given. */
  async start(env: Record<string, string> = {}, store: Store = new DiskStore(this.folder)): Promise<void> {
    const temporary = await TemporaryFiles.open(join(this.root, 'temporary'));
    const log = { error: (...args: unknown[]) => void this.faults.push(args) };
    this.server = new MediaServer({ folder: this.folder, store, temporary, rules: rulesOf(loadConfig(env)), log });
    this.base = `http://127.0.0.1:${await this.server.listen('127.0.0.1', 0)}`;
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.root, { recursive: true });
  }

  /** Files of requests under way. */
  get temporaryFiles(): string[] {
    return readdirSync(join(this.root, 'temporary'));
  }

  /** The request as it is, with the key. */
  ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set(MEDIA_KEY_HEADER, this.server.key);
    return fetch(this.base + path, { ...init, headers });
  }

  async upload(
    to: string,
    ...files: FormFile[]
  ): Promise<{ status: number; body: UploadResult & Partial<MediaProblem> }> {
    const { body, headers } = formOf(...files);
    const answer = await this.ask(`/uploads/${to}`, {
      method: 'POST',
      body: new Uint8Array(body as Buffer),
      headers: headers as Record<string, string>,
    });
    return { status: answer.status, body: (await answer.json()) as UploadResult & Partial<MediaProblem> };
  }

  /** What is behind an answered URL. */
  async read(url: string): Promise<Buffer> {
    return Buffer.from(await (await this.ask(url)).arrayBuffer());
  }
}
