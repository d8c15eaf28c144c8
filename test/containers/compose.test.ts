import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '#shared/config.ts';
import { STOP_MS } from '#shared/signals.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { MAX_PAYLOAD } from '#tools/servers/nats/launch.ts';
import { unknownVariables } from '#test/containers/support/environment.ts';
import { composeSchema } from '#test/containers/support/go-tools.ts';
import { readImage } from '#test/containers/support/image.ts';
import { ROOT } from '#test/support/tool.ts';

interface Service {
  build?: string;
  command: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  configs: Record<string, { content: string }>;
}

const TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const image = readImage();
const services = serviceNames();

/** The file as compose reads it: `${NAME:-default}` filled in, merge keys resolved. */
function read(env: Record<string, string> = {}): Compose {
  const filled = TEXT.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, fallback: string) => env[name] ?? fallback);
  return parse(filled, { merge: true }) as Compose;
}

const compose = read();
const ours = services.map((name) => [name, compose.services[name]!] as const);

/** All but the secrets of the environment, which is another machine's. */
const environmentOf = ({ environment }: Service) => ({ ...image.env, ...environment });

describe('the compose file', () => {
  let schema: Record<string, unknown>;
  beforeAll(async () => {
    schema = JSON.parse(readFileSync(await composeSchema(), 'utf8')) as Record<string, unknown>;
    // Under its https name the validator does not know the draft that it knows.
    delete schema.$schema;
  }, 120_000);

  const problemsOf = (value: unknown) => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.validate(schema, value);
    return ajv.errorsText();
  };

  it('follows the Compose Specification', () => {
    expect(problemsOf(compose)).toBe('No errors');
    expect(problemsOf(read({ PORT: '80', AUTH_MODE: 'strict' }))).toBe('No errors');
  });

  it('would not pass with a word that the specification does not have', () => {
    expect(problemsOf({ ...compose, services: { nats: { image: 'nats', read_onyl: true } } })).not.toBe('No errors');
  });

  it('runs every service that there is, each by its folder, and the servers that they need', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...services, 'mongodb', 'nats'].sort());
    for (const [name, service] of ours) {
      expect(service.build).toBe('.');
      expect(service.command).toEqual([`services/${name}`]);
      expect(existsSync(join(ROOT, service.command[0]!))).toBe(true);
    }
  });

  it.each(ours)('gives %s variables that the program reads, with values that it takes', (name, service) => {
    const env = environmentOf(service);
    expect(unknownVariables(Object.keys(env))).toEqual([]);
    const { natsUrl, mongoUri, healthPort } = loadConfig(env);
    expect(new URL(natsUrl).hostname in compose.services).toBe(true);
    expect(new URL(mongoUri).hostname in compose.services).toBe(true);
    expect(healthPort).not.toBeNull();
    expect(name).toBeTruthy();
  });

  it('takes from the environment only what the program reads', () => {
    const names = [...TEXT.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    expect(unknownVariables(names)).toEqual([]);
    expect(names).toContain('SERVICE_KEYS');
  });

  it('hands the mode and the keys of the environment to the gateway, and the keys to nobody else', () => {
    const key = 'k'.repeat(32);
    const secret = 's'.repeat(32);
    const told = read({ AUTH_MODE: 'strict', SERVICE_KEYS: `socket:${key}`, JWT_SECRET: secret });
    const config = loadConfig(environmentOf(told.services['api-gateway']!));
    expect(config.authMode).toBe('strict');
    expect(config.serviceKeys).toEqual([{ name: 'socket', key }]);
    const holders = (of: string) =>
      Object.entries(told.services).flatMap(([name, service]) => (JSON.stringify(service).includes(of) ? [name] : []));
    expect(holders(key)).toEqual(['api-gateway']);
    expect(config.jwtSecret).toEqual([secret]);
    expect(holders(secret).sort()).toEqual(['api-gateway', 'profiles']);
    expect(() => loadConfig(environmentOf(read({ AUTH_MODE: 'strict' }).services['api-gateway']!))).toThrow(
      'JWT_SECRET',
    );
  });

  it('has no secret', () => {
    expect(loadConfig(environmentOf(compose.services['api-gateway']!)).serviceKeys).toEqual([]);
    expect(TEXT).not.toMatch(/\/\/[^/\s]*:[^/\s]*@/);
  });

  it("publishes the gateway's port alone, on loopback", () => {
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports);
    const { port } = loadConfig(image.env);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([['api-gateway', [`127.0.0.1:8081:${port}`]]]);
    expect(read({ PORT: '9000' }).services['api-gateway']!.ports).toEqual([`127.0.0.1:9000:${port}`]);
  });

  it('starts each only when what it needs is healthy', () => {
    for (const [name, { depends_on: needs = {} }] of Object.entries(compose.services)) {
      const isOurs = services.includes(name);
      expect(Object.keys(needs)).toEqual(expect.arrayContaining(isOurs ? ['mongodb', 'nats'] : []));
      for (const [needed, { condition }] of Object.entries(needs)) {
        expect(condition).toBe('service_healthy');
        const { build, healthcheck } = compose.services[needed]!;
        expect(build === undefined ? healthcheck!.test : image.healthcheck).not.toEqual([]);
      }
    }
    const before = services.filter((name) => name !== 'api-gateway');
    expect(Object.keys(compose.services['api-gateway']!.depends_on!)).toEqual(expect.arrayContaining(before));
  });

  it.each(ours)('keeps %s from what it does not need, and lets it drain', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(Number.parseInt(service.stop_grace_period, 10) * 1_000).toBeGreaterThan(STOP_MS);
  });

  it('keeps the data in named volumes', () => {
    const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((one) => one.split(':')[0]!),
    );
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(compose.services.mongodb!.volumes).toContain('mongodb:/data/db');
  });

  it('runs NATS with the limits that the program gives its own', () => {
    expect(compose.configs.nats!.content).toContain(`max_payload: ${MAX_PAYLOAD}\n`);
  });

  it('makes MongoDB the replica set that the services connect to', () => {
    const { command, healthcheck } = compose.services.mongodb!;
    const { mongoUri } = loadConfig(environmentOf(compose.services.dm!));
    const replicaSet = new URL(mongoUri).searchParams.get('replicaSet')!;
    expect(command).toEqual(expect.arrayContaining(['--replSet', replicaSet]));
    expect(healthcheck!.test.at(-1)).toContain(`_id: '${replicaSet}'`);
    expect(healthcheck!.test.at(-1)).toContain(`host: '${new URL(mongoUri).host}'`);
  });
});
