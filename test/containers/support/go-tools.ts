import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';

/** What is checked with, by name and version; Go's checksum database vouches for the content. */
const TOOLS = {
  kustomize: { module: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.5.0' },
  kubeconform: { module: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.7.0' },
} as const;

/** The module that has the schema of compose files. */
const COMPOSE = 'github.com/compose-spec/compose-go/v2@v2.9.0';

const run = promisify(execFile);

async function go(args: string[], env: Record<string, string> = {}): Promise<string> {
  try {
    const { stdout } = await run('go', args, { env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', ...env } });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason = code === 'ENOENT' ? 'Go is not on the PATH: install Go 1.24 or newer' : stderr?.trim().slice(-2_000);
    throw new Error(`go ${args.join(' ')}: ${reason}`, { cause: error });
  }
}

/** The path of a tool that Go builds, once a user. Throws an Error that says what is missing. */
export async function goTool(name: keyof typeof TOOLS): Promise<string> {
  const { module, version } = TOOLS[name];
  const cache = cacheFolder('go-tools');
  const target = join(cache, `${name}-${version}`);
  if (existsSync(target)) return target;
  progress(`Building ${name} ${version} with Go, once, into ${cache}`);
  const folder = mkdtempSync(join(cache, 'build-'));
  try {
    await go(['install', `${module}@${version}`], { GOBIN: folder });
    // Whoever comes second puts the same program into place.
    renameSync(join(folder, name), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}

/** The path of the JSON schema of the Compose Specification. Throws an Error that says what is missing. */
export async function composeSchema(): Promise<string> {
  const { Dir: folder } = JSON.parse(await go(['mod', 'download', '-json', COMPOSE])) as { Dir: string };
  return join(folder, 'schema', 'compose-spec.json');
}
