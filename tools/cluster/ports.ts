import { type Config, ConfigError } from '#shared/config.ts';
import { freePort } from '#tools/mongod/port.ts';
import { checkListen } from '#tools/start/listen-check.ts';

const MAX_PORT = 65_535;
const ATTEMPTS = 20;

/** Gives each process its ports: successive ones from PORT and HEALTH_PORT, free ones where these are 0 or not set. */
export class Ports {
  readonly #config: Pick<Config, 'host' | 'port' | 'healthPort'>;
  readonly #given = new Set<number>();
  #nextHealth: number;

  constructor(config: Pick<Config, 'host' | 'port' | 'healthPort'>) {
    this.#config = config;
    this.#nextHealth = config.healthPort ?? 0;
  }

  /** For the `instance`th gateway, from 1. Throws ConfigError, one line naming PORT, when it is taken. */
  async gateway(instance: number): Promise<number> {
    const { host, port } = this.#config;
    if (port === 0) return this.#free();
    const wanted = port + instance - 1;
    if (wanted > MAX_PORT) throw new ConfigError(`PORT=${port}: there are not so many ports above it`);
    await checkListen({ host, port: wanted });
    this.#given.add(wanted);
    return wanted;
  }

  /** For the health server of one more process. One that is taken is left out. */
  async health(): Promise<number> {
    while (this.#nextHealth > 0 && this.#nextHealth <= MAX_PORT) {
      const wanted = this.#nextHealth++;
      if (this.#given.has(wanted) || (await freePort(wanted, this.#config.host)) !== wanted) continue;
      this.#given.add(wanted);
      return wanted;
    }
    return this.#free();
  }

  /** The system may hand out a port twice, since nobody listens on it yet. */
  async #free(): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const port = await freePort(0, this.#config.host);
      if (this.#given.has(port)) continue;
      this.#given.add(port);
      return port;
    }
    throw new ConfigError(`HOST=${this.#config.host}: no free port can be had`);
  }
}
