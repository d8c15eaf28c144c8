import { fileTypeFromFile } from 'file-type';
import { Fault } from '#shared/errors.ts';
import { mediaTypeOf, type MediaType } from '#services/media/media-types.ts';

/** Other names of what is found in files. */
const SAME: Readonly<Record<string, string>> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'audio/opus': 'audio/ogg',
  'audio/mp3': 'audio/mpeg',
  'video/x-m4v': 'video/mp4',
  'video/matroska': 'video/webm',
};

/** Containers that hold pictures or only sound; which of both, the file's beginning does not tell. */
const CONTAINERS: readonly { video: string; audio: string }[] = [
  { video: 'video/webm', audio: 'audio/webm' },
  { video: 'video/mp4', audio: 'audio/mp4' },
  { video: 'video/ogg', audio: 'audio/ogg' },
];

/** A content type without its parameters: `audio/webm;codecs=opus` is `audio/webm`. */
const bare = (type: string): string => type.split(';', 1)[0]!.trim().toLowerCase();

const known = (type: string): string => {
  const plain = bare(type);
  return SAME[plain] ?? plain;
};

/**
 * What a file is by its content: neither its name nor what its sender says counts, except to tell a recording from a
 * video in a container that can hold either. Throws media_type_unsupported.
 */
export async function recognise(path: string, declared: string): Promise<MediaType> {
  const found = await fileTypeFromFile(path);
  const type = known(found?.mime ?? '');
  const said = known(declared);
  const container = CONTAINERS.find(({ video, audio }) => type === video || type === audio);
  const settled = container && (said === container.video || said === container.audio) ? said : type;
  const media = mediaTypeOf(settled);
  if (!media) throw new Fault('media_type_unsupported');
  return media;
}
