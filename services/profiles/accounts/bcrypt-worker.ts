import { parentPort, workerData } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** Runs in a thread of its own and says one thing: whether the password is the hash's. */
const { password, stored } = workerData as { password: string; stored: string };
parentPort?.postMessage(compareSync(password, stored), []);
