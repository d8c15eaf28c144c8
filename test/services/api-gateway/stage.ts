import { ServiceBroker, type Context, type Service, type ServiceSchema } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { loadConfig } from '#shared/config.ts';
import { validatorOf } from '#shared/schema.ts';
import { apiGateway } from '#services/api-gateway/api-gateway.service.ts';
import { CONTRACTS, type ActionName, type ParamsOf, type ResultOf } from '#services/contracts.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';

/** An action's stand-in; without one it answers what the route's example says. */
export type Answers = { [A in ActionName]?: (params: ParamsOf<A>, ctx: Context) => unknown };

export interface Call {
  action: string;
  params: Record<string, unknown>;
}

const exampleOf = (action: string): unknown => {
  const response = ROUTES.find((route) => route.action === action)?.example.response;
  if (action.endsWith('.create') && action !== 'groups.create') return { message: response, replayed: false };
  if (action.endsWith('.latest') || action === 'profiles.datingList') return bodyOf(response);
  if (action.endsWith('.heads')) return [];
  return response ?? null;
};

/** What `latest` answers for a list of messages. */
export const bodyOf = (items: unknown, more: Partial<ResultOf<'messages.latest'>> = {}) => ({
  etag: 'W/"v1"',
  epoch: 'e1',
  rev: 1,
  body: Buffer.from(JSON.stringify(items)),
  encoding: 'identity' as const,
  base: 'query' as const,
  changes: 0,
  ...more,
});

/** A gateway before services that check their params by the contracts and answer as told. */
export class Stage {
  readonly calls: Call[] = [];
  answers: Answers = {};
  readonly broker: ServiceBroker;
  #url = '';

  constructor(env: Record<string, string> = {}) {
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent', ...env });
    this.broker = new ServiceBroker({ ...brokerOptions(config), logger: false });
    const others = (Object.keys(CONTRACTS) as (keyof typeof CONTRACTS)[]).filter((name) => name !== 'api-gateway');
    for (const name of others) this.broker.createService(this.#service(name));
    this.broker.createService(apiGateway(() => config));
  }

  #service(name: keyof typeof CONTRACTS): ServiceSchema {
    const actions = Object.entries(CONTRACTS[name]).map(([action, contract]) => [
      action,
      {
        params: validatorOf(contract.params),
        handler: (ctx: Context<Record<string, unknown>>) => {
          const full = `${name}.${action}`;
          this.calls.push({ action: full, params: ctx.params });
          const answer = this.answers[full as ActionName] as
            | ((params: Record<string, unknown>, ctx: Context) => unknown)
            | undefined;
          return answer ? answer(ctx.params, ctx) : exampleOf(full);
        },
      },
    ]);
    return { name, actions: Object.fromEntries(actions) };
  }

  get gateway(): Service & { address: { host: string; port: number } } {
    return this.broker.getLocalService('api-gateway') as Service & { address: { host: string; port: number } };
  }

  get port(): number {
    return this.gateway.address.port;
  }

  async start(): Promise<this> {
    await this.broker.start();
    this.#url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  async stop(): Promise<void> {
    const gateway = this.broker.getLocalService('api-gateway');
    if (gateway) await this.broker.destroyService(gateway);
    await this.broker.stop();
  }

  reset(): void {
    this.calls.length = 0;
    this.answers = {};
  }

  url(path: string): string {
    return this.#url + path;
  }

  /** Asks for `identity` unless told: what is compared is bytes. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url(path), { headers: { 'accept-encoding': 'identity', ...headers } });
  }

  send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url(path), {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  callsOf(action: ActionName): Record<string, unknown>[] {
    return this.calls.filter((call) => call.action === action).map((call) => call.params);
  }
}

export interface ProblemView {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  error: string;
  requestId: string;
  errors?: { field: string; reason: string }[];
}

export const problem = async (response: Response): Promise<ProblemView> => (await response.json()) as ProblemView;
