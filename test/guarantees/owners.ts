import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Sockets of this machine, as Linux tells them: the inode by local port of those that are connected. */
function inodesByPort(): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode.
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
    if (fields[9] !== undefined) found.set(port, fields[9]);
  }
  return found;
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).flatMap((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch (error) {
      // Closed since it was listed.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/** Answers, for a local port, whether one of these processes has the connection that begins there. Linux only. */
export function ownedBy(pids: readonly number[]): (port: number) => boolean {
  return (port) => {
    const inode = inodesByPort().get(port);
    return inode !== undefined && pids.some((pid) => socketsOf(pid).has(inode));
  };
}
