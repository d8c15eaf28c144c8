const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

/** JSON as it might be sent where something else is wanted; text, because not all of it survives `JSON.stringify`. */
export const BAD_JSON: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  zero: '0',
  'a number': '5',
  'a negative number': '-1',
  'a fraction': '1.5',
  'an integer of 2^53': '9007199254740992',
  'an integer beyond 2^53': '9007199254740993',
  'an integer beyond 2^64': '18446744073709551617',
  'a number beyond every double': '1e400',
  'an empty string': '""',
  blanks: '"  "',
  'a lone high surrogate': String.raw`"a\ud800"`,
  'a lone low surrogate': String.raw`"\udc00b"`,
  NUL: String.raw`"a\u0000b"`,
  'line breaks': String.raw`"\r\n\u2028"`,
  'a string of digits': '"5"',
  'the name of the prototype': '"__proto__"',
  'a megabyte': `"${'x'.repeat(1_000_000)}"`,
  'an empty list': '[]',
  'a list': '["a"]',
  'an empty object': '{}',
  'an operator object': '{"$ne":null,"$where":"1"}',
  'a prototype': '{"__proto__":{"a":1}}',
  'a constructor': '{"constructor":{"prototype":{"a":1}}}',
  'a BSON type': '{"_bsontype":"ObjectId","id":"aaaaaaaaaaaa"}',
  'a key with a NUL': String.raw`{"a\u0000b":1}`,
  'a key with dots': '{"a.b":{"$c":1}}',
  'a key that is a lone surrogate': String.raw`{"\ud800":1}`,
  'lists 10,000 deep': nested(10_000, '[', ']'),
  'objects 10,000 deep': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
};

/** Of these, what no validator should be asked about. */
export const TOO_DEEP: ReadonlySet<string> = new Set(['lists 10,000 deep', 'objects 10,000 deep']);

/**
 * Every second of these; the others for the next `turn`. Each value meets half of the places, and each place half of the
 * values; all of them with TEST_LONG.
 */
export const halfOf = <T>(values: readonly T[], turn: number): readonly T[] =>
  process.env.TEST_LONG ? values : values.filter((_, index) => (index + turn) % 2 === 0);

/** What might stand in a path or query where something else is wanted, percent-encoded. */
export const BAD_TEXT: readonly string[] = [
  '',
  '%20',
  '%00',
  'a%00b',
  '%',
  '%zz',
  '%c3',
  '%ED%A0%80',
  '..',
  '.',
  '%2e%2e',
  '%2F',
  'a%2Fb',
  '%5C',
  '$ne',
  '%5B%24ne%5D',
  '%7B%22%24gt%22%3A%22%22%7D',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1.5',
  '1e3',
  '0x10',
  '9007199254740993',
  '-9007199254740993',
  '99999999999999999999999999',
  '%F0%9F%8E%89',
  '%0d%0aX-Injected:%201',
  'dm:',
  'dm:a',
  'dm:a%7Ca',
  'dm:a%7Cb%7Cc',
  'a'.repeat(24),
  'x'.repeat(200),
  'x'.repeat(201),
  'x'.repeat(20_000),
];
