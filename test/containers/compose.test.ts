import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '#shared/config.ts';
import { STOP_MS } from '#shared/signals.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { type KafkaFolder, serverProperties } from '#tools/servers/kafka/settings.ts';
import { MAX_PAYLOAD } from '#tools/servers/nats/launch.ts';
import { unknownVariables } from '#test/containers/support/environment.ts';
import { composeSchema } from '#test/containers/support/compose-schema.ts';
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
    expect(Object.keys(compose.services).sort()).toEqual([...services, 'kafka', 'mongodb', 'nats'].sort());
    for (const [name, service] of ours) {
      expect(service.build).toBe('.');
      expect(service.command).toEqual([`services/${name}`]);
      expect(existsSync(join(ROOT, service.command[0]!))).toBe(true);
    }
  });

  it.each(ours)('gives %s variables that the program reads, with values that it takes', (name, service) => {
    const env = environmentOf(service);
    expect(unknownVariables(Object.keys(env))).toEqual([]);
    const { natsUrl, mongoUri, kafkaEnabled, kafkaBootstrap, healthPort } = loadConfig(env);
    expect(kafkaEnabled).toBe(true);
    for (const broker of kafkaBootstrap) expect(Object.keys(compose.services)).toContain(broker.split(':')[0]);
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
    // Without Kafka there is no read model, and everything answers all the same.
    const before = services.filter((name) => name !== 'api-gateway' && name !== 'readmodel');
    const needs = Object.entries(compose.services).map(([name, { depends_on: on = {} }]) => [name, Object.keys(on)]);
    expect(Object.fromEntries(needs)['api-gateway'].sort()).toEqual([...before, 'mongodb', 'nats'].sort());
    expect(needs.filter(([, on]) => on!.includes('kafka')).map(([name]) => name)).toEqual(['readmodel']);
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

  it('runs Kafka with the limits that the program gives its own, where the services look for it', () => {
    const { environment: kafka = {} } = compose.services.kafka!;
    const own = parseEnv(serverProperties({ data: '' } as KafkaFolder, { port: 1, controllerPort: 2 }));
    const given = (name: string) => kafka[`KAFKA_${name.replaceAll('.', '_').toUpperCase()}`];
    for (const name of ['message.max.bytes', 'auto.create.topics.enable', 'offsets.topic.replication.factor'])
      expect(given(name)).toBe(own[name]);
    const { kafkaBootstrap } = loadConfig(environmentOf(compose.services.dm!));
    expect(kafka.KAFKA_ADVERTISED_LISTENERS).toBe(`PLAINTEXT://${kafkaBootstrap[0]}`);
    expect(compose.services.kafka!.volumes).toEqual([`kafka:${kafka.KAFKA_LOG_DIRS}`]);
  });

  it('keeps uploads in a volume that the image makes writable for its user', () => {
    const { volumes, environment } = compose.services.media!;
    const folder = environment!.MEDIA_DIR!;
    expect(volumes).toEqual([`media:${folder}`]);
    const copy = image.stages.at(-1)!.find(({ rest }) => rest.includes('/volumes'))!;
    expect(copy).toEqual({ name: 'COPY', rest: `--from=dependencies --chown=${image.user} /volumes /` });
    const made = image.stages.flat().filter(({ rest }) => rest.includes(`mkdir -p /volumes${folder}`));
    expect(made).toHaveLength(1);
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
