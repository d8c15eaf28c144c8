import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Service, ServiceBroker, ServiceSchema } from 'moleculer';

const ROOT = resolve(import.meta.dirname, '../..');

export const GATEWAY = 'api-gateway';

/** Every service of the repository, by its default export. */
export async function loadServices(): Promise<ServiceSchema[]> {
  const files = globSync('services/*/*.service.ts', { cwd: ROOT }).sort();
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(resolve(ROOT, file)).href) as Promise<{ default: ServiceSchema }>),
  );
  return modules.map((one) => one.default);
}

/** Where the gateway of this process listens; undefined while there is none. */
export function gatewayAddress(broker: ServiceBroker): { host: string; port: number } | undefined {
  const gateway = broker.getLocalService(GATEWAY) as
    | (Service & { address?: { host: string; port: number } })
    | undefined;
  return gateway?.address;
}
