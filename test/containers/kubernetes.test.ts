import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#shared/config.ts';
import { STOP_MS } from '#shared/signals.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { environmentOf, unknownVariables, variableOfPort } from '#test/containers/support/environment.ts';
import { readImage } from '#test/containers/support/image.ts';
import { OVERLAYS, parseObjects, problemsOf, render } from '#test/containers/support/kubernetes.ts';
import { type Deployment, ofKind, pauseOf, type KubernetesObject } from '#test/containers/support/objects.ts';
import { ROOT } from '#test/support/tool.ts';

// The first run on a machine fetches kubectl and the schemas.
const FETCH_MS = 120_000;

const image = readImage();
const services = serviceNames();
const SECRETS = {
  mongodb: { uri: 'mongodb://mongodb:27017/?replicaSet=rs0' },
  'service-keys': { SERVICE_KEYS: `socket:${'k'.repeat(32)}` },
  'jwt-secret': { JWT_SECRET: 's'.repeat(32) },
};

const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name).sort();

describe('the files', () => {
  it('have no secret', () => {
    for (const file of globSync('k8s/**/*.yaml', { cwd: ROOT })) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      expect(text).not.toMatch(/kind: Secret|secretGenerator|\/\/[^/\s]*:[^/\s]*@/);
    }
  });
});

describe.each(OVERLAYS)('the overlay %s', (overlay) => {
  let objects: KubernetesObject[];

  beforeAll(async () => {
    objects = parseObjects(await render(overlay));
  }, FETCH_MS);

  const deployments = () => ofKind(objects, 'Deployment');
  const envOf = (deployment: ReturnType<typeof deployments>[number]) =>
    environmentOf(deployment, objects, image, SECRETS);

  it(
    'conforms to the schemas of Kubernetes, strictly',
    async () => {
      expect(await problemsOf(objects)).toEqual([]);
      const [broken] = parseObjects(await render(overlay)).filter(({ kind }) => kind === 'Deployment') as [Deployment];
      Object.assign(broken.spec.template.spec.containers[0], { livenessProb: {} });
      const unknown = { apiVersion: 'apps/v1', kind: 'Deploiment', metadata: { name: 'x' } };
      expect(await problemsOf([broken, unknown])).toEqual([
        expect.stringMatching(/containers\/0 must NOT have additional properties/),
        'x: there is no deploiment-apps-v1.json',
      ]);
    },
    FETCH_MS,
  );

  it('has a Deployment, a Service, an autoscaler and a disruption budget for each service that there is', () => {
    for (const kind of ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'] as const)
      expect(names(ofKind(objects, kind))).toEqual(services);
    for (const { metadata, spec } of deployments()) {
      expect(spec.template.spec.containers[0].args).toEqual([`services/${metadata.name}`]);
      expect(existsSync(join(ROOT, 'services', metadata.name))).toBe(true);
    }
  });

  it('puts all into one namespace, and one image into all', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.namespace)).size).toBe(1);
    const images = new Set(deployments().map(({ spec }) => spec.template.spec.containers[0].image));
    expect(images.size).toBe(1);
    expect([...images][0]).toMatch(/truematch-backend:(?!latest)\S+$/);
  });

  it('selects the pods of one Deployment by each selector', () => {
    for (const { metadata, spec } of deployments()) {
      const { labels } = spec.template.metadata;
      const selectors = [
        spec.selector.matchLabels,
        ofKind(objects, 'Service').find((one) => one.metadata.name === metadata.name)!.spec.selector,
        ofKind(objects, 'PodDisruptionBudget').find((one) => one.metadata.name === metadata.name)!.spec.selector
          .matchLabels,
      ];
      for (const selector of selectors) {
        expect(labels).toMatchObject(selector);
        const selected = deployments().filter((other) =>
          Object.entries(selector).every(([key, value]) => other.spec.template.metadata.labels[key] === value),
        );
        expect(names(selected)).toEqual([metadata.name]);
      }
    }
  });

  it('scales each Deployment by its autoscaler alone, and lets one pod at a time be taken away', () => {
    for (const { metadata, spec } of ofKind(objects, 'HorizontalPodAutoscaler')) {
      expect(spec.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name });
      expect(spec.maxReplicas).toBeGreaterThan(spec.minReplicas);
    }
    for (const { spec } of deployments()) expect(spec.replicas).toBeUndefined();
    for (const { spec } of ofKind(objects, 'PodDisruptionBudget')) expect(spec.maxUnavailable).toBe(1);
  });

  it('gives each container variables that the program reads, with values that it takes', () => {
    for (const deployment of deployments()) {
      const env = envOf(deployment);
      expect(unknownVariables(Object.keys(env))).toEqual([]);
      const { natsUrl, kafkaEnabled, kafkaBootstrap, nodeId } = loadConfig(env);
      expect(natsUrl).not.toBe('');
      expect([kafkaEnabled, kafkaBootstrap.length]).toEqual([true, 1]);
      expect(nodeId).toContain(deployment.metadata.name);
    }
  });

  it('runs the gateway in strict mode, and gives the keys to nobody else', () => {
    for (const deployment of deployments()) {
      const isGateway = deployment.metadata.name === 'api-gateway';
      const env = envOf(deployment);
      expect(env.AUTH_MODE).toBe(isGateway ? 'strict' : undefined);
      expect('SERVICE_KEYS' in env).toBe(isGateway);
      expect('JWT_SECRET' in env).toBe(isGateway || deployment.metadata.name === 'profiles');
      expect('MONGO_URI' in env).toBe(!isGateway);
    }
  });

  it('asks for health where the process answers it', () => {
    for (const deployment of deployments()) {
      const env = envOf(deployment);
      const [container] = deployment.spec.template.spec.containers;
      const { startupProbe, readinessProbe, livenessProbe, ports } = container;
      for (const port of ports) expect(() => variableOfPort(env, port)).not.toThrow();
      expect(ports.map(({ name }) => name).filter((name) => name !== 'health')).toEqual(
        { 'api-gateway': ['http'], media: ['files'] }[deployment.metadata.name] ?? [],
      );
      for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) expect(httpGet.port).toBe('health');
      expect(readinessProbe.httpGet.path).toBe('/health/ready');
      for (const { httpGet } of [startupProbe, livenessProbe]) expect(httpGet.path).toBe('/health/live');
    }
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const { ports } = deployments().find((one) => one.metadata.name === metadata.name)!.spec.template.spec
        .containers[0];
      for (const { targetPort } of spec.ports) expect(ports.map(({ name }) => name)).toContain(targetPort);
    }
    const [{ spec }] = ofKind(objects, 'Ingress') as [ReturnType<typeof ofKind<'Ingress'>>[number]];
    expect(spec.rules[0]!.http.paths[0]!.backend.service).toEqual({ name: 'api-gateway', port: { name: 'http' } });
  });

  it('lets each process drain before it is killed, and the gateway be forgotten before it drains', () => {
    for (const { metadata, spec } of deployments()) {
      const { terminationGracePeriodSeconds: grace, containers } = spec.template.spec;
      const pause = pauseOf(containers[0]);
      expect((grace - pause) * 1_000).toBeGreaterThan(STOP_MS);
      expect(pause > 0).toBe(metadata.name === 'api-gateway');
    }
  });

  it('keeps each container from what it does not need, and bounds its memory', () => {
    for (const { spec } of deployments()) {
      const pod = spec.template.spec;
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(`${String(pod.securityContext.runAsUser)}:${String(pod.securityContext.runAsGroup)}`).toBe(image.user);
      expect(pod.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const { requests, limits } = pod.containers[0].resources;
      expect(Object.keys(requests).sort()).toEqual(['cpu', 'memory']);
      expect(limits).toHaveProperty('memory');
    }
  });
});
