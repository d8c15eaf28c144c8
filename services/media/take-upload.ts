import type { IncomingMessage } from 'node:http';
import { Fault } from '#shared/errors.ts';
import { keepMedia } from '#services/media/keep-media.ts';
import type { UploadResult } from '#services/media/media.contract.ts';
import { largest, type Rules } from '#services/media/purposes.ts';
import { receiveFile } from '#services/media/receive.ts';
import { recognise } from '#services/media/recognise.ts';
import type { Store } from '#services/media/store/store.ts';
import type { TemporaryFiles } from '#services/media/temporary-files.ts';

/**
 * Takes the file of a form and keeps it. However it ends, no temporary file is left.
 * Throws what `receiveFile`, `recognise` and `keepMedia` throw.
 */
export function takeUpload(
  req: IncomingMessage,
  rules: Rules,
  { store, temporary }: { store: Store; temporary: TemporaryFiles },
): Promise<UploadResult> {
  return temporary.using(async (next) => {
    const path = next();
    const { field, limits, purpose } = rules;
    const { bytes, declared } = await receiveFile(req, { field, maxBytes: largest(rules), path });
    const type = await recognise(path, declared);
    const limit = limits[type.kind];
    if (limit === undefined) throw new Fault('media_type_unsupported');
    if (bytes > limit) throw new Fault('upload_too_large');
    return keepMedia(store, { path, type, purpose }, next);
  });
}
