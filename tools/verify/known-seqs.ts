/** A set of seqs, one bit each: a room may have millions. */
export class KnownSeqs {
  static readonly #BITS = 1 << 16;
  readonly #parts = new Map<number, Uint8Array>();

  has(seq: number): boolean {
    const part = this.#parts.get(Math.floor(seq / KnownSeqs.#BITS));
    const bit = seq % KnownSeqs.#BITS;
    return part !== undefined && (part[bit >> 3]! & (1 << (bit & 7))) !== 0;
  }

  add(seq: number): void {
    const index = Math.floor(seq / KnownSeqs.#BITS);
    const bit = seq % KnownSeqs.#BITS;
    let part = this.#parts.get(index);
    if (!part) this.#parts.set(index, (part = new Uint8Array(KnownSeqs.#BITS >> 3)));
    part[bit >> 3]! |= 1 << (bit & 7);
  }
}
