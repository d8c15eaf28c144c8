import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { array, assert, infiniteStream, integer, nat, property, uint8Array } from 'fast-check';
import { Assembly, cut } from '#shared/transport/fragments.ts';

const hex = (all: Iterable<Uint8Array>) => [...all].map((one) => Buffer.from(one).toString('hex')).sort();

describe('packets in pieces', () => {
  it('come out as they went in, whatever the order of the pieces and whoever else sends', () => {
    assert(
      property(
        array(uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 5 }),
        integer({ min: 1, max: 50 }),
        infiniteStream(nat()),
        (packets, size, random) => {
          const assembly = new Assembly();
          const pieces = packets.flatMap((packet) => cut(Buffer.from(packet), size));
          const mixed = pieces
            .map((piece) => ({ piece, place: random.next().value ?? 0 }))
            .sort((a, b) => a.place - b.place)
            .map(({ piece }) => piece);
          const out = mixed.map((piece) => assembly.add(piece)).filter((one) => one !== undefined);
          expect(hex(out)).toEqual(hex(packets));
          expect(assembly.bytes).toBe(0);
        },
      ),
    );
  });

  it('leave whole packets alone', () => {
    const packet = Buffer.from([0xa1, 1, 2]);
    expect(new Assembly().add(packet)).toBe(packet);
  });

  it('are not counted twice when one comes twice', () => {
    const [first, second] = cut(Buffer.from('abcdef'), 3);
    const assembly = new Assembly();
    expect(assembly.add(first!)).toBeUndefined();
    expect(assembly.add(first!)).toBeUndefined();
    expect(assembly.add(second!)?.toString()).toBe('abcdef');
  });

  it('are bounded: what does not become whole is dropped before it fills the memory', () => {
    const assembly = new Assembly();
    const mebibyte = randomBytes(1024 * 1024);
    for (let packet = 0; packet < 300; packet += 1)
      assembly.add(cut(Buffer.concat([mebibyte, mebibyte]), mebibyte.length)[0]!);
    expect(assembly.bytes).toBeLessThanOrEqual(258 * 1024 * 1024);
  });

  it('refuse a packet that no count of pieces holds', () => {
    expect(() => cut(Buffer.alloc(70_000), 1)).toThrow(RangeError);
  });
});
