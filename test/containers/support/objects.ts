/** Kubernetes objects, as far as the tests look at them. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

export interface ConfigMap extends KubernetesObject {
  kind: 'ConfigMap';
  data: Record<string, string>;
}

interface KeyRef {
  name: string;
  key: string;
  /** Without the object, or the key in it, the variable is not set. */
  optional?: boolean;
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: KeyRef; secretKeyRef?: KeyRef; fieldRef?: { fieldPath: string } };
}

export interface Probe {
  httpGet: { path: string; port: string };
  periodSeconds: number;
  failureThreshold: number;
  timeoutSeconds?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args: string[];
  env: EnvironmentVariable[];
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports: { name: string; containerPort: number }[];
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
  lifecycle?: { preStop?: { exec: { command: string[] } } };
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: Record<string, unknown>;
}

export interface Deployment extends KubernetesObject {
  kind: 'Deployment';
  spec: {
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        terminationGracePeriodSeconds: number;
        automountServiceAccountToken: boolean;
        securityContext: Record<string, unknown>;
        containers: [Container];
      };
    };
  };
}

export interface Service extends KubernetesObject {
  kind: 'Service';
  spec: {
    clusterIP?: string;
    selector: Record<string, string>;
    ports: { name: string; port: number; targetPort: string }[];
  };
}

export interface Autoscaler extends KubernetesObject {
  kind: 'HorizontalPodAutoscaler';
  spec: {
    scaleTargetRef: { apiVersion: string; kind: string; name: string };
    minReplicas: number;
    maxReplicas: number;
  };
}

export interface DisruptionBudget extends KubernetesObject {
  kind: 'PodDisruptionBudget';
  spec: { maxUnavailable: number; selector: { matchLabels: Record<string, string> } };
}

export interface Ingress extends KubernetesObject {
  kind: 'Ingress';
  spec: { rules: { http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[] };
}

interface Kinds {
  ConfigMap: ConfigMap;
  Deployment: Deployment;
  Service: Service;
  HorizontalPodAutoscaler: Autoscaler;
  PodDisruptionBudget: DisruptionBudget;
  Ingress: Ingress;
}

/** All objects of a kind. */
export const ofKind = <K extends keyof Kinds>(objects: readonly KubernetesObject[], kind: K): Kinds[K][] =>
  objects.filter((one): one is Kinds[K] => one.kind === kind);

/** The seconds that a `preStop` takes; 0 without one. */
export function pauseOf({ lifecycle }: Container): number {
  const command = lifecycle?.preStop?.exec.command;
  if (!command) return 0;
  const [program, seconds] = command;
  if (program !== 'sleep') throw new Error(`preStop runs ${program}: how long does that take?`);
  return Number(seconds);
}
