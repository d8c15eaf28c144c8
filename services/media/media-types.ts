/** What a file is shown as. */
export type Kind = 'image' | 'video' | 'audio';

export interface MediaType {
  type: string;
  /** How names of stored files end; one type has one ending, so that a name tells its type. */
  ending: string;
  kind: Kind;
  /** False for what browsers offer to save rather than show. */
  shown: boolean;
}

const of = (kind: Kind, shown: boolean, types: Record<string, string>): MediaType[] =>
  Object.entries(types).map(([type, ending]) => ({ type, ending, kind, shown }));

/** Every type that is taken. SVG is none: it can carry scripts. */
export const MEDIA_TYPES: readonly MediaType[] = [
  ...of('image', true, {
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/webp': 'webp',
    'image/gif': 'gif',
    'image/avif': 'avif',
  }),
  ...of('video', true, { 'video/mp4': 'mp4', 'video/webm': 'webm', 'video/ogg': 'ogv' }),
  ...of('video', false, { 'video/quicktime': 'mov' }),
  ...of('audio', true, {
    'audio/webm': 'weba',
    'audio/ogg': 'ogg',
    'audio/mpeg': 'mp3',
    'audio/wav': 'wav',
    'audio/mp4': 'm4a',
  }),
  ...of('audio', false, { 'audio/aac': 'aac' }),
];

const BY_TYPE = new Map(MEDIA_TYPES.map((one) => [one.type, one]));
const BY_ENDING = new Map(MEDIA_TYPES.map((one) => [one.ending, one]));

export const mediaTypeOf = (type: string): MediaType | undefined => BY_TYPE.get(type);
export const mediaTypeByEnding = (ending: string): MediaType | undefined => BY_ENDING.get(ending);
