import type { ActionParams, Context, Service, ServiceBroker, ServiceSchema, ServiceSettingSchema } from 'moleculer';
import ApiService from 'moleculer-web';
import { config, type Config } from '#shared/config.ts';
import type { Params } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import { validatorOf } from '#shared/schema.ts';
import { gatewayContract } from '#services/api-gateway/api-gateway.contract.ts';
import { Gateway, type Alias } from '#services/api-gateway/gateway.ts';
import type { Routing } from '#services/api-gateway/listener.ts';
import type { Caller } from '#services/api-gateway/upstream.ts';

/** What moleculer-web adds to a service, as far as it is used here; its own types leave it out. */
interface Web {
  express(): Routing;
  addRoute(route: {
    path: string;
    aliases: Record<string, Alias>;
    bodyParsers: false;
    mergeParams: false;
    mappingPolicy: 'restrict';
    pathToRegexpOptions: { sensitive: boolean; trailing: boolean };
  }): void;
}

interface Vars {
  gateway: Gateway;
  /** Where it listens, once started. */
  address: { host: string; port: number };
}

type This = Service & Web & Vars;

/** How many nodes of the cluster have a gateway. */
const gatewaysAlive = ({ registry }: ServiceBroker): number =>
  registry.getServiceList({ onlyAvailable: true }).filter(({ name }) => name === 'api-gateway').length;

/**
 * The HTTP gateway: moleculer-web routes, in middleware mode behind a server of our own. Only the routes of `routes/`
 * are served.
 */
export const apiGateway = (
  read: () => Config,
): ServiceSchema<ServiceSettingSchema & Record<string, unknown>, Web, Vars, This> => ({
  name: 'api-gateway',
  mixins: [ApiService],
  settings: {
    server: false,
    // Not a list: an empty one would publish every action.
    routes: null,
    // Slow and failed requests are logged by the gateway; a line a request costs a fifth of the throughput.
    logRequest: null,
    logRequestParams: null,
    logResponse: null,
    logRouteRegistration: null,
    // A request is waited for by the server's own stop, and a request is not repeated as a whole.
    rootCallOptions: { tracking: false, retries: 0 },
  },
  actions: {
    rest: { retryPolicy: { enabled: false } },
    listAliases: false,
    addRoute: false,
    removeRoute: false,
    purge: {
      params: validatorOf(gatewayContract.purge.params) as ActionParams,
      async handler(this: This, ctx: Context<Params<typeof gatewayContract.purge>>) {
        const { prefix } = ctx.params;
        if (prefix.trim() === '') throw new Fault('prefix_required');
        const removedLocal = this.gateway.purge(prefix);
        await ctx.broadcast('cache.purge', { prefix }, { groups: ['api-gateway'] });
        return { removedLocal, broadcast: true };
      },
    },
  },

  events: {
    'cache.purge'(this: This, ctx: Context<{ prefix: string }>) {
      this.gateway.purge(ctx.params.prefix);
    },
  },

  created() {
    const caller: Caller = { call: (action, params, options) => this.broker.call(action, params, options) };
    this.gateway = new Gateway(caller, this.express(), read(), this.logger, () => gatewaysAlive(this.broker));
    this.addRoute({
      path: '/',
      aliases: this.gateway.aliases(),
      bodyParsers: false,
      mergeParams: false,
      mappingPolicy: 'restrict',
      pathToRegexpOptions: { sensitive: true, trailing: false },
    });
  },

  async started() {
    const { host, port } = read();
    const address = await this.gateway.listen(host, port);
    this.address = { host, port: address.port };
  },

  async stopped() {
    await this.gateway.stop();
  },
});

export default apiGateway(config);
