import type { BrokerOptions } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { config } from '#shared/config.ts';
import { refuseInOneLine, stopOnSignals } from '#shared/signals.ts';

/** For moleculer-runner: one service a process. `npm start` uses the same options and stops by itself. */
const options: BrokerOptions = {
  ...brokerOptions(config()),
  created(broker) {
    stopOnSignals(broker);
    refuseInOneLine(broker);
  },
};

export default options;
