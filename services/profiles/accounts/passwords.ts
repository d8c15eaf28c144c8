import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

/**
 * The least that OWASP's Password Storage Cheat Sheet asks of argon2id (read in November 2026): 19 MiB, two passes, one
 * lane. Changed numbers hold for new hashes; older ones are replaced when their owner logs in.
 */
const COST = { m: 19_456, t: 2, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]+)\$([\w+/]+)$/;
const BCRYPT = /^\$2[aby]\$\d\d\$[./\w]{53}$/;

/** On libuv's threads, off the event loop. */
const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** The password as a PHC string: argon2id with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const { m, t, p } = COST;
  const hash = await derive('argon2id', {
    message: password,
    nonce,
    memory: m,
    passes: t,
    parallelism: p,
    tagLength: HASH_BYTES,
  });
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${unpadded(nonce)}$${unpadded(hash)}`;
}

/** Whether the password is the one that was hashed; false also for a hash of no known form. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  if (BCRYPT.test(stored)) return verifyBcrypt(password, stored);
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const found = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: wanted.length,
  });
  return timingSafeEqual(found, wanted);
}

/** True for a hash that would be made otherwise today. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`$argon2id$v=19$m=${COST.m},t=${COST.t},p=${COST.p}$`);

/**
 * A password of the older service. bcrypt sees its first 72 bytes only, and so it stays. Each is checked once, at its
 * owner's next log-in, so a thread of its own (some 30 ms) beside the third of a second that bcrypt's cost of 12 takes in
 * JavaScript is no loss; on the event loop it would hold up everybody.
 */
function verifyBcrypt(password: string, stored: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('bcrypt-worker.ts', import.meta.url), { workerData: { password, stored } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the bcrypt thread ended with ${code} and said nothing`)));
  });
}
