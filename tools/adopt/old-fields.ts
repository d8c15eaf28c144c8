import { LIMITS } from '#shared/limits.ts';
import { cutText, depthOf, isNone, isRecord, type Note, type Old, plainJson, textOf } from '#tools/adopt/values.ts';

/** What stays of an address in media that are too large. */
const MEDIA_TEXT = 2_048;

const bytesOf = (...values: unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (isNone(value) ? 0 : Buffer.byteLength(JSON.stringify(value))), 0);

/** The numbers and addresses of media that are too large, with a mark. */
function cutMedia(value: unknown): unknown {
  if (isNone(value)) return null;
  const kept = Object.entries(isRecord(value) ? value : {}).filter(
    ([, item]) => typeof item === 'number' || (typeof item === 'string' && item.length <= MEDIA_TEXT),
  );
  const cut = { ...Object.fromEntries(kept), cut: true };
  return bytesOf(cut) <= LIMITS.mediaBytes / 2 ? cut : { cut: true };
}

/** Reads the fields of an old document, and notes what had to be put right. */
export class OldFields {
  readonly #document: Old;
  readonly notes: Note[] = [];
  /** Something was cut or left out. */
  keep = false;

  constructor(document: Old) {
    this.#document = document;
  }

  /** `lost`: only the original has it. */
  note(kind: string, lost = false): void {
    if (!this.notes.some(([known]) => known === kind)) this.notes.push([kind]);
    this.keep ||= lost;
  }

  /** A text, cut to `length` characters; a number becomes one. Null for what is missing or of another type. */
  text(name: string, length = Number.POSITIVE_INFINITY): string | null {
    const value = this.#document[name];
    if (isNone(value)) return null;
    const text = textOf(value);
    if (typeof value !== 'string') this.note(`${name} of another type`, text === null);
    if (text !== null && text.length > length) this.note(`${name} over ${length} characters, cut`, true);
    return text === null ? null : cutText(text, length);
  }

  /** media and audio as plain JSON, within their size together. */
  media(): { media: unknown; audio: unknown } {
    const [media, audio] = [plainJson(this.#document.media), plainJson(this.#document.audio)];
    const deep = Math.max(depthOf(media, LIMITS.jsonDepth + 1), depthOf(audio, LIMITS.jsonDepth + 1));
    if (deep <= LIMITS.jsonDepth && bytesOf(media, audio) <= LIMITS.mediaBytes) return { media, audio };
    this.note('media over 16 KiB or nested too deeply, cut', true);
    return { media: cutMedia(media), audio: cutMedia(audio) };
  }
}
