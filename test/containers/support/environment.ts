import { VARIABLES } from '#shared/config.ts';
import type { Image } from '#test/containers/support/image.ts';
import { type ConfigMap, type Deployment, type KubernetesObject, ofKind } from '#test/containers/support/objects.ts';

/** What others than the program read. */
const FOREIGN = new Set(['NODE_COMPILE_CACHE', 'NODE_ENV', 'NODE_OPTIONS']);

/** The names among `names` that the program does not read. */
export function unknownVariables(names: readonly string[]): string[] {
  const known = new Set<string>(Object.values(VARIABLES).flatMap((one) => one.names));
  return names.filter((name) => !known.has(name) && !FOREIGN.has(name));
}

/** By the name of a container's port, the variable that says where the program listens. */
const PORTS = { http: 'PORT', health: 'HEALTH_PORT', files: 'MEDIA_PORT' } as const;

/** The variable of that port. Throws when the port has no such name, or the environment another number. */
export function variableOfPort(
  env: Readonly<Record<string, string>>,
  { name, containerPort }: { name: string; containerPort: number },
): (typeof PORTS)[keyof typeof PORTS] {
  const variable = PORTS[name as keyof typeof PORTS];
  if (!variable || env[variable] !== String(containerPort))
    throw new Error(`nothing listens on port ${name} ${containerPort}: ${JSON.stringify(env)}`);
  return variable;
}

function dataOf(objects: readonly KubernetesObject[], name: string): ConfigMap['data'] {
  const found = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ConfigMap ${name}`);
  return found.data;
}

/** Secrets of the cluster: name, key, value. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The environment that a container of the Deployment has. Throws for a reference that leads nowhere. */
export function environmentOf(
  { metadata, spec }: Deployment,
  objects: readonly KubernetesObject[],
  image: Image,
  secrets: Secrets,
): Record<string, string> {
  const [container] = spec.template.spec.containers;
  const env: Record<string, string> = { ...image.env };
  for (const { configMapRef } of container.envFrom) Object.assign(env, dataOf(objects, configMapRef!.name));
  for (const { name, value, valueFrom } of container.env) {
    const { configMapKeyRef, secretKeyRef, fieldRef } = valueFrom ?? {};
    const found =
      value ??
      (configMapKeyRef && dataOf(objects, configMapKeyRef.name)[configMapKeyRef.key]) ??
      (secretKeyRef && secrets[secretKeyRef.name]?.[secretKeyRef.key]) ??
      (fieldRef?.fieldPath === 'metadata.name' ? `${metadata.name}-5d4f8b7c9-x2x7k` : undefined);
    if (found === undefined && secretKeyRef?.optional) continue;
    if (found === undefined) throw new Error(`${metadata.name}: ${name} has no value`);
    env[name] = found;
  }
  return env;
}
