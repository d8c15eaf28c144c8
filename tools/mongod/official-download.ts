import { MongoBinary } from 'mongodb-memory-server-core';

/** A process of its own: downloads the official build `argv[2]` into `argv[3]` and answers its path to the parent. */
const [, , version, downloadDir] = process.argv;

const answer = (message: { path?: string; problem?: string }) => process.send?.(message, () => process.disconnect());

try {
  answer({ path: await MongoBinary.getPath({ version: version!, downloadDir, checkMD5: true }) });
} catch (error) {
  answer({ problem: (error instanceof Error ? error.message : String(error)).split('\n')[0] });
}
