const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
/** A head that is longer is none. */
const MOST_HEAD_BYTES = 64 * 1024;

/** Answers without a body, whatever their headers say. */
const isBodiless = (status: number): boolean => status === 204 || status === 304;

/**
 * Finds the answers in a stream of bytes for as little as possible: the status, and by content-length how many bytes of
 * body follow. Knows no chunked bodies.
 */
export class Answers {
  readonly #onAnswer: (status: number, bodyBytes: number) => void;
  #status = 0;
  #length = 0;
  /** Bytes of body still to come; 0: the next byte belongs to a head. */
  #left = 0;
  /** The beginning of a head whose rest is still to come. */
  #partial: Buffer | null = null;

  constructor(onAnswer: (status: number, bodyBytes: number) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Takes what has arrived; the bytes may be written over afterwards. Throws for what is no answer that it can read. */
  take(arrived: Buffer): void {
    const bytes = this.#partial ? Buffer.concat([this.#partial, arrived]) : arrived;
    this.#partial = null;
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        const end = bytes.indexOf(HEAD_END, at, 'latin1');
        if (end < 0) {
          this.#keep(bytes.subarray(at));
          return;
        }
        this.#read(bytes.toString('latin1', at, end));
        at = end + HEAD_END.length;
      }
      const taken = Math.min(this.#left, bytes.length - at);
      this.#left -= taken;
      at += taken;
      if (this.#left === 0) this.#onAnswer(this.#status, this.#length);
    }
  }

  #keep(head: Buffer): void {
    if (head.length > MOST_HEAD_BYTES) throw new Error('an answer whose head does not end');
    this.#partial = Buffer.from(head);
  }

  #read(head: string): void {
    const status = head.startsWith('HTTP/1.1 ') ? Number(head.slice(9, 12)) : Number.NaN;
    if (!(status >= 200)) throw new Error(`no answer that can be read: ${head.slice(0, 40)}`);
    const length = isBodiless(status) ? '0' : LENGTH.exec(head)?.[1];
    if (length === undefined) throw new Error('an answer without content-length');
    this.#status = status;
    this.#length = Number(length);
    this.#left = this.#length;
  }
}
