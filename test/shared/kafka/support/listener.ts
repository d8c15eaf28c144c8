import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { KafkaSasl } from '#shared/config.ts';
import { freePort } from '#tools/mongod/port.ts';
import type { KafkaLaunch } from '#tools/servers/kafka/launch.ts';

const PASSWORD = 'changeit';

/** One more listener of a broker: TLS with a certificate of its own, for one user. */
export class Listener {
  readonly sasl: KafkaSasl = { mechanism: 'plain', username: 'truematch', password: 'a:secret' };
  readonly #folder = mkdtempSync(join(tmpdir(), 'truematch-certificate-'));
  readonly #port: number;
  readonly #certificate: string;

  private constructor(port: number) {
    this.#port = port;
    const store = ['-keystore', this.#store, '-storetype', 'PKCS12', '-storepass', PASSWORD, '-alias', 'kafka'];
    // Comes with every Java, and Kafka needs one.
    const home = process.env.JAVA_HOME;
    const keytool = (...args: string[]) =>
      execFileSync(home ? join(home, 'bin', 'keytool') : 'keytool', args, { encoding: 'utf8', stdio: 'pipe' });
    const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost', '-ext', 'BC=ca:true'];
    keytool('-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '2', ...names, ...store);
    this.#certificate = keytool('-exportcert', '-rfc', ...store);
  }

  static create = async (): Promise<Listener> => new Listener(await freePort());

  get #store(): string {
    return join(this.#folder, 'store.p12');
  }

  get bootstrap(): string {
    return `localhost:${this.#port}`;
  }

  /** For `startKafka`. */
  readonly added: KafkaLaunch['changed'] = (own) => ({
    ...own,
    listeners: `${own.listeners},SASL_SSL://127.0.0.1:${this.#port}`,
    'advertised.listeners': `${own['advertised.listeners']},SASL_SSL://${this.bootstrap}`,
    'listener.security.protocol.map': `${own['listener.security.protocol.map']},SASL_SSL:SASL_SSL`,
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl_ssl.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
      `user_${this.sasl.username}="${this.sasl.password}";`,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': this.#store,
    'ssl.keystore.password': PASSWORD,
    'ssl.key.password': PASSWORD,
  });

  /** This process believes the certificate from now on, as with NODE_EXTRA_CA_CERTS. */
  trust(): void {
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), this.#certificate]);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
