import { pause } from '#shared/pause.ts';
import type { Notice, Sender } from '#services/profiles/push/sender.ts';
import type {
  SubscriptionDocument,
  SubscriptionsRepository,
} from '#services/profiles/push/subscriptions.repository.ts';

/** Pauses before further tries of one notice, in ms; then its device is paused. */
const PAUSES_MS = [1_000, 4_000];

/** Devices that one call sends to when they belong to nobody. */
const OF_NOBODY = 100;

/** Brings notices to devices, and keeps account of those that cannot be reached. */
export class Pushes {
  readonly #sender: Sender;
  readonly #subscriptions: SubscriptionsRepository;
  readonly #signal: AbortSignal;

  constructor(sender: Sender, subscriptions: SubscriptionsRepository, signal: AbortSignal) {
    this.#sender = sender;
    this.#subscriptions = subscriptions;
    this.#signal = signal;
  }

  /** Sends to the devices of a user, or for null to those of nobody. Throws the driver's errors. */
  async toUser(userId: string | null, notice: Notice, pauses = PAUSES_MS): Promise<{ sent: number; failed: number }> {
    const devices = await this.#subscriptions.of(userId, Date.now(), userId === null ? OF_NOBODY : undefined);
    const results = await Promise.all(devices.map((device) => this.#toDevice(device, notice, pauses)));
    const sent = results.filter(Boolean).length;
    return { sent, failed: results.length - sent };
  }

  async #toDevice(device: SubscriptionDocument, notice: Notice, pauses: readonly number[]): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const result = await this.#sender.send(device, notice);
      if (result === 'sent') await this.#subscriptions.succeeded(device);
      if (result === 'gone') await this.#subscriptions.remove(device.endpoint);
      if (result !== 'failed') return result === 'sent';
      const pauseMs = pauses[attempt];
      if (pauseMs === undefined || this.#signal.aborted) break;
      await pause(pauseMs, this.#signal);
    }
    await this.#subscriptions.failed(device, Date.now());
    return false;
  }
}
