import { Agent, request } from 'node:https';
import webPush from 'web-push';
import type { Config } from '#shared/config.ts';
import { endpointProblem, publicLookup } from '#services/profiles/push/public-address.ts';
import type { SubscriptionDocument } from '#services/profiles/push/subscriptions.repository.ts';

/** What became of a notification. `gone`: the device does not want any, now or ever. */
export type Sent = 'sent' | 'gone' | 'failed';

/** What a device shows. */
export interface Notice {
  title: string;
  body: string;
  url: string;
  /** A notice with the same tag takes the place of this one. */
  tag: string;
}

export type PushConfig = Pick<Config, 'vapidPublicKey' | 'vapidPrivateKey' | 'vapidSubject' | 'pushPrivateAddresses'>;

/** Seconds for which a push service keeps what it cannot deliver: a day. */
const KEPT_S = 86_400;

/** A push service that has not answered by then, in ms, has failed; who tests waits for it, 4 s at most. */
const ANSWER_MS = 3_000;

const STATUS: Readonly<Record<number, Sent>> = { 404: 'gone', 410: 'gone' };

/** Sends notifications to the devices' push services (RFC 8030), encrypted (RFC 8291) and signed (RFC 8292). */
export class Sender {
  readonly #config: PushConfig;
  readonly #agent: Agent;

  /** `ca`: whom else than the usual authorities to trust. */
  constructor(config: PushConfig, tls: { ca?: string } = {}) {
    this.#config = config;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 20,
      ...tls,
      ...(config.pushPrivateAddresses ? {} : { lookup: publicLookup }),
    });
  }

  /** False without VAPID keys: nothing can be sent. */
  get enabled(): boolean {
    return this.#config.vapidPublicKey !== '';
  }

  /** Never throws: who cannot be reached is `failed`, and who cannot be sent to at all is `gone`. */
  async send({ endpoint, keys }: SubscriptionDocument, notice: Notice): Promise<Sent> {
    if (endpointProblem(endpoint, this.#config.pushPrivateAddresses) !== undefined) return 'gone';
    const { vapidPublicKey: publicKey, vapidPrivateKey: privateKey, vapidSubject: subject } = this.#config;
    let details: webPush.RequestDetails;
    try {
      details = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } },
        JSON.stringify(notice),
        { TTL: KEPT_S, contentEncoding: 'aes128gcm', vapidDetails: { subject, publicKey, privateKey } },
      );
    } catch {
      // Keys that nothing can be encrypted for.
      return 'gone';
    }
    try {
      const status = await this.#post(details);
      return STATUS[status] ?? (status >= 200 && status < 300 ? 'sent' : 'failed');
    } catch {
      return 'failed';
    }
  }

  /** The status of the answer. What else it says is not read: whoever made the endpoint may send without end. */
  #post({ endpoint, method, headers, body }: webPush.RequestDetails): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent, signal: AbortSignal.timeout(ANSWER_MS) };
      const sent = request(endpoint, options, (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
