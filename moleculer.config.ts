import { brokerOptions } from '#shared/broker.ts';
import { config } from '#shared/config.ts';

/** For moleculer-runner and the REPL; `npm start` uses the same options. */
export default brokerOptions(config());
