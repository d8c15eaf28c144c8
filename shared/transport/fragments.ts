import { randomBytes } from 'node:crypto';
import type { Middleware, ServiceBroker } from 'moleculer';
import { KIB, MIB } from '#shared/limits.ts';

/**
 * Carries packets that are larger than one NATS message may be, in pieces. A window has up to 4 MiB, and a NATS server
 * that is not ours takes 1 MB by default. A piece: a mark that no CBOR item begins with, the packet's id, index, count.
 */

/** CBOR's "break", which never begins an item (RFC 8949, 3.2.1). */
const MARK = 0xff;
const ID_BYTES = 12;
const HEADER = 1 + ID_BYTES + 2 + 2;
/** A large packet is cut so, also where the server would take more: small messages pass by between the pieces. */
const PIECE = 512 * KIB;
/** Left of the server's limit for NATS' own part of a message. */
const RESERVE = 4 * KIB;
/** Packets under way in pieces, in all; and how long a packet may take to arrive, in ms. */
const MAX_BYTES = 256 * MIB;
const MAX_AGE_MS = 10_000;

/** Cuts a packet into pieces of at most `size` bytes of content. */
export function cut(packet: Buffer, size: number): Buffer[] {
  const count = Math.ceil(packet.length / size);
  if (count > 0xffff) throw new RangeError(`a packet of ${packet.length} bytes is too large to be sent`);
  const id = randomBytes(ID_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const header = Buffer.alloc(HEADER);
    header[0] = MARK;
    id.copy(header, 1);
    header.writeUInt16BE(index, 1 + ID_BYTES);
    header.writeUInt16BE(count, 1 + ID_BYTES + 2);
    return Buffer.concat([header, packet.subarray(index * size, (index + 1) * size)]);
  });
}

interface Parts {
  pieces: (Buffer | undefined)[];
  missing: number;
  bytes: number;
  timer: NodeJS.Timeout;
}

/** Puts pieces together again; what does not become whole in time, or is too much, is dropped. */
export class Assembly {
  readonly #open = new Map<string, Parts>();
  #bytes = 0;

  /** Bytes of pieces that wait for others. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The packet when this was its last piece; the message itself when it is no piece; else undefined. */
  add(message: Buffer): Buffer | undefined {
    if (message[0] !== MARK || message.length < HEADER) return message;
    const id = message.toString('latin1', 1, 1 + ID_BYTES);
    const index = message.readUInt16BE(1 + ID_BYTES);
    const count = message.readUInt16BE(1 + ID_BYTES + 2);
    const parts = this.#open.get(id) ?? this.#begin(id, count);
    if (index >= parts.pieces.length || parts.pieces[index]) return undefined;
    parts.pieces[index] = message.subarray(HEADER);
    parts.missing -= 1;
    parts.bytes += message.length;
    this.#bytes += message.length;
    if (parts.missing === 0) {
      this.#drop(id);
      return Buffer.concat(parts.pieces as Buffer[]);
    }
    if (this.#bytes > MAX_BYTES) this.#drop(id);
    return undefined;
  }

  #begin(id: string, count: number): Parts {
    const timer = setTimeout(() => this.#drop(id), MAX_AGE_MS).unref();
    const parts = { pieces: Array.from<Buffer | undefined>({ length: count }), missing: count, bytes: 0, timer };
    this.#open.set(id, parts);
    return parts;
  }

  #drop(id: string): void {
    const parts = this.#open.get(id);
    if (!parts) return;
    clearTimeout(parts.timer);
    this.#open.delete(id);
    this.#bytes -= parts.bytes;
  }
}

type Send = (topic: string, data: Buffer, meta: unknown) => Promise<void>;
type Receive = (command: string, data: Buffer, stream?: unknown) => unknown;

/** What of the transporter is needed here: what the connected server takes in one message, from its INFO. */
interface Nats {
  client?: { info?: { max_payload?: number } } | null;
}

/** Sends and receives packets of any size up to 32 GiB in pieces that the server takes. */
export function fragments(): Middleware {
  const assembly = new Assembly();
  let broker: ServiceBroker | undefined;
  const pieceSize = () => {
    const transporter = broker?.transit?.tx as Nats | undefined;
    const limit = transporter?.client?.info?.max_payload ?? MIB;
    return Math.min(PIECE, limit - RESERVE);
  };
  return {
    name: 'Fragments',
    created(created: ServiceBroker) {
      broker = created;
    },
    transporterSend: (next: Send): Send =>
      async function send(topic, data, meta) {
        const size = pieceSize();
        if (data.length <= size) return next(topic, data, meta);
        for (const piece of cut(data, size)) await next(topic, piece, meta);
      },
    transporterReceive: (next: Receive): Receive =>
      function receive(command, data, stream) {
        const packet = assembly.add(data);
        return packet ? next(command, packet, stream) : undefined;
      },
  } as unknown as Middleware;
}
