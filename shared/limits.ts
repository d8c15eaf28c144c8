/** Sizes of what a room takes (docs/design.md, section 6); every one is told in its error and in the API docs. */
export const KIB = 1024;
export const MIB = 1024 * KIB;

export const LIMITS = {
  /** Characters (UTF-16 units) of a message's text. */
  text: 20_000,
  /** UTF-8 JSON bytes of media plus audio. */
  mediaBytes: 16 * KIB,
  /** UTF-8 bytes of a quote's text, as it is sent and as it is shown; longer is cut. */
  quoteTextBytes: 2 * KIB,
  /** Characters of an avatar inside a message; longer becomes null. */
  messageAvatar: 64 * KIB,
  /** Characters of an avatar in a group body. */
  avatar: MIB,
  /** Characters of ids and names. */
  id: 200,
  /** Characters of emoji, kind and colour. */
  short: 64,
  groupName: 100,
  groupDescription: 2_000,
  jsonBodyBytes: 2 * MIB,
  /** Nesting of free JSON (media, audio). */
  jsonDepth: 16,
  /** Width times height, of all frames together; a photo of the largest phone sensors has about as many. */
  imagePixels: 50_000_000,
  reactors: 2_000,
  edits: 100,
  /** Bytes a document may reach through its edit history. */
  documentBytes: 256 * KIB,
  /** Messages and bytes of a latest window. */
  windowMessages: 500,
  windowBytes: 4 * MIB,
  /** Bytes of the messages that `latest` reads beyond a window: 500 may be hundreds of MB with their histories. */
  beyondWindowBytes: 12 * MIB,
  /** Changes and bytes of computed state in one log entry. */
  entryChanges: 500,
  entryBytes: 4 * MIB,
  /** Writes and bytes waiting in one process. */
  queueWrites: 10_000,
  queueBytes: 64 * MIB,
} as const;
