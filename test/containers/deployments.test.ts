import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '#tools/mongod/port.ts';
import { imageFolder, runContainer, type RunningContainer } from '#test/containers/support/container.ts';
import { environmentOf, variableOfPort } from '#test/containers/support/environment.ts';
import { readImage } from '#test/containers/support/image.ts';
import { parseObjects, render } from '#test/containers/support/kubernetes.ts';
import {
  type Deployment,
  type KubernetesObject,
  ofKind,
  pauseOf,
  type Probe,
} from '#test/containers/support/objects.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';
import { startNats, type TestNats } from '#test/support/nats-server.ts';

// The first run on a machine fetches what is not there yet.
const FETCH_MS = 180_000;
/** The overlays differ in names and numbers: the processes of one tell of the other. */
const OVERLAY = 'production';
/** A pod that is not ready after that is looked at by a person. */
const READY_MS = 120_000;

const KEY = 'a-key-of-the-socket-server-0123456789';

const image = readImage();
const folder = imageFolder();
let nats: TestNats;
let kafka: TestKafka;
let database: TestDatabase;
let objects: KubernetesObject[];

beforeAll(async () => {
  [nats, kafka, database, objects] = await Promise.all([
    startNats(),
    startKafka(),
    testDatabase(),
    render(OVERLAY).then(parseObjects),
  ]);
}, FETCH_MS);
afterAll(async () => {
  folder.remove();
  await database.drop();
  await kafka.stop();
  await nats.stop();
});

interface Pod extends RunningContainer {
  deployment: Deployment;
  /** What listens where, on this machine, by the port's name in the pod. */
  ports: Record<string, number>;
}

const running: Pod[] = [];
afterEach(async () => {
  for (const pod of running.splice(0)) {
    pod.kill('SIGKILL');
    await pod.exited;
  }
});

/** Starts the one container of a pod of the Deployment, with ports of this machine and its servers. */
async function startPod(deployment: Deployment): Promise<Pod> {
  const secrets = {
    mongodb: { uri: database.uri },
    'service-keys': { SERVICE_KEYS: `socket:${KEY}` },
    'jwt-secret': { JWT_SECRET: 'a-secret-of-the-tokens-0123456789' },
  };
  const env = environmentOf(deployment, objects, image, secrets);
  const [container] = deployment.spec.template.spec.containers;
  const ports: Record<string, number> = {};
  const local: Record<string, string> = {
    HOST: '127.0.0.1',
    NATS_URL: nats.url,
    KAFKA_BOOTSTRAP: kafka.bootstrap,
    KAFKA_REPLICATION: '1',
    MONGO_DB_NAME: database.name,
    ...(env.MEDIA_DIR ? { MEDIA_DIR: join(folder.path, 'volume') } : {}),
  };
  for (const port of container.ports) {
    ports[port.name] = await freePort();
    local[variableOfPort(env, port)] = String(ports[port.name]);
  }
  const pod = { deployment, ports, ...runContainer(folder.path, container.args, { ...env, ...local }) };
  running.push(pod);
  return pod;
}

/** As the kubelet asks: 200 to 399 within the time-out. */
async function passes({ ports }: Pod, { httpGet, timeoutSeconds = 1 }: Probe): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${ports[httpGet.port]}${httpGet.path}`, {
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    await response.arrayBuffer();
    return response.status >= 200 && response.status < 400;
  } catch {
    return false;
  }
}

/** Asks until the probe passes. Rejects with what the container said when it ends before, or never passes. */
async function untilPasses(pod: Pod, probe: Probe, periodMs = probe.periodSeconds * 1_000): Promise<void> {
  const over = AbortSignal.timeout(READY_MS);
  let ended: string | undefined;
  void pod.exited.then(({ output }) => (ended = output));
  while (!(await passes(pod, probe))) {
    if (ended !== undefined || over.aborted) {
      pod.kill('SIGKILL');
      const { output } = await pod.exited;
      throw new Error(`${pod.deployment.metadata.name}: ${probe.httpGet.path} does not pass:\n${output}`);
    }
    await sleep(Math.min(periodMs, 250));
  }
}

/** Ends a pod as the kubelet does, with what is left of the grace period after `preStop`. */
async function terminate(pod: Pod) {
  const { terminationGracePeriodSeconds: grace, containers } = pod.deployment.spec.template.spec;
  pod.kill('SIGTERM');
  const late = setTimeout(() => pod.kill('SIGKILL'), (grace - pauseOf(containers[0])) * 1_000);
  const { code, signal } = await pod.exited;
  clearTimeout(late);
  return { name: pod.deployment.metadata.name, code, signal };
}

function create(gateway: Pod, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.ports.http}/api/groups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ id: 'from-a-pod', name: 'From a pod' }),
  });
}

describe('the Deployments', () => {
  it(
    'start, pass their probes, serve who has a key, and end by SIGTERM within their grace period',
    async () => {
      const pods = await Promise.all(ofKind(objects, 'Deployment').map(startPod));
      await Promise.all(
        pods.map(async (pod) => {
          const [{ startupProbe, readinessProbe, livenessProbe }] = pod.deployment.spec.template.spec.containers;
          for (const probe of [startupProbe, readinessProbe, livenessProbe]) await untilPasses(pod, probe);
        }),
      );

      const gateway = pods.find(({ ports }) => ports.http)!;
      expect((await create(gateway)).status).toBe(401);
      expect((await create(gateway, { authorization: `Bearer ${KEY}` })).status).toBe(200);

      const ends = await Promise.all(pods.map(terminate));
      expect(ends).toEqual(pods.map(({ deployment }) => ({ name: deployment.metadata.name, code: 0, signal: null })));
    },
    2 * READY_MS,
  );
});
