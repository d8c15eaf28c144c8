import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const POLL_MS = 100;
const ANSWER_MS = 2_000;

/** The id of the cluster whose broker serves on the port. Rejects when none does yet. */
export async function kafkaClusterId(port: number): Promise<string> {
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: ANSWER_MS,
    requestTimeout: ANSWER_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers, clusterId } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error('the broker is not let in yet');
    return clusterId;
  } finally {
    await admin.disconnect();
  }
}

/** Resolves once the broker of that cluster serves on the port, whoever answers there before. Rejects when `signal` aborts. */
export async function kafkaAnswers(port: number, clusterId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      if ((await kafkaClusterId(port)) === clusterId) return;
    } catch {
      // Not yet.
      signal.throwIfAborted();
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
