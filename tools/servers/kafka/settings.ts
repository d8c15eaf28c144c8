import { MAX_MESSAGE_BYTES } from '#shared/kafka/topics.ts';

/** Where a broker has its files, all made by `launchKafka`. */
export interface KafkaFolder {
  /** Topics and metadata. */
  data: string;
  serverProperties: string;
  loggingProperties: string;
  log: string;
}

/** Settings of a broker, by name. */
export type Properties = Record<string, string | number | boolean>;

const propertiesOf = (values: Properties): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/**
 * One broker that is its own controller, reachable on this machine only, for as little memory as it runs well in. `changed`
 * makes others of these settings.
 */
export const serverProperties = (
  { data }: KafkaFolder,
  { port, controllerPort }: { port: number; controllerPort: number },
  changed: (properties: Properties) => Properties = (properties) => properties,
): string =>
  propertiesOf(
    changed({
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': data,
      'message.max.bytes': MAX_MESSAGE_BYTES,
      'auto.create.topics.enable': false,
      // There is one broker to copy to, and one consumer group that matters.
      'offsets.topic.num.partitions': 4,
      'offsets.topic.replication.factor': 1,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'share.coordinator.state.topic.replication.factor': 1,
      'share.coordinator.state.topic.min.isr': 1,
      'group.initial.rebalance.delay.ms': 0,
      // After a kill a broker is let in again only when its former self counts as gone.
      'broker.session.timeout.ms': 3_000,
      'broker.heartbeat.interval.ms': 500,
      // By default 128 MB at once, taken from the heap.
      'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
      'num.network.threads': 2,
      'num.io.threads': 4,
      'background.threads': 2,
    }),
  );

/** Kafka's log in one file, which begins anew beside the old one at 16 MB. */
export const loggingProperties = ({ log }: KafkaFolder): string =>
  propertiesOf({
    'rootLogger.level': 'info',
    'rootLogger.appenderRef.file.ref': 'file',
    'appender.file.type': 'RollingFile',
    'appender.file.name': 'file',
    'appender.file.fileName': log,
    'appender.file.filePattern': `${log}.1`,
    'appender.file.layout.type': 'PatternLayout',
    'appender.file.layout.pattern': '%d{ISO8601} [%p] %c: %m%n',
    'appender.file.policies.type': 'Policies',
    'appender.file.policies.size.type': 'SizeBasedTriggeringPolicy',
    'appender.file.policies.size.size': '16MB',
    'appender.file.strategy.type': 'DefaultRolloverStrategy',
    'appender.file.strategy.max': 1,
  });
