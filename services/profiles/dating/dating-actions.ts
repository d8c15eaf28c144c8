import { Fault, invalid } from '#shared/errors.ts';
import { read, write } from '#services/profiles/action.ts';
import { batchOf } from '#services/profiles/dating/batch.ts';
import { datingContract } from '#services/profiles/dating/dating.contract.ts';
import { datingView } from '#services/profiles/dating/dating-view.ts';
import { editOf, merge } from '#services/profiles/dating/edit.ts';
import type { Position } from '#services/profiles/dating/fields/place.ts';
import { withoutPhoto } from '#services/profiles/dating/fields/photos.ts';
import { removeDating } from '#services/profiles/dating/remove.ts';
import { type DatingDocument, readDating } from '#services/profiles/dating/stored.ts';

const DEFAULT_LIMIT = 2_000;

function nameOf(username: string | null | undefined): string {
  if (!username?.trim()) throw new Fault('username_required');
  return username.trim();
}

/** Throws 422 for half of a position. */
function positionOf(lat: number | undefined, lon: number | undefined): Position | undefined {
  if (lat === undefined && lon === undefined) return undefined;
  if (lat === undefined) throw invalid('viewerLat', 'is needed with viewerLon');
  if (lon === undefined) throw invalid('viewerLon', 'is needed with viewerLat');
  return { lat, lon };
}

/** As its owner sees it: the gateway lets nobody else write it. */
const ownView = (document: DatingDocument) => datingView(document, readDating(document), true);

export const datingActions = {
  datingList: read(datingContract.datingList, async function datingList(ctx) {
    const { viewer, known = false, viewerLat, viewerLon, maxDistanceKm, limit, encoding, ifNoneMatch } = ctx.params;
    const position = positionOf(viewerLat, viewerLon);
    const { etag, body, ...made } = await this.dating.lists.get(
      {
        ...(viewer?.trim() && { viewer: viewer.trim().toLowerCase() }),
        known,
        ...(position && { position }),
        ...(maxDistanceKm !== undefined && { maxKm: maxDistanceKm }),
        limit: limit ?? DEFAULT_LIMIT,
      },
      encoding,
    );
    return { etag, encoding: made.encoding, body: etag === ifNoneMatch ? null : body };
  }),
  datingBatch: read(datingContract.datingBatch, function datingBatch(ctx) {
    const { ids, users, viewer, known = false } = ctx.params;
    return batchOf(this.repositories.dating, { ids, users, ...(known && { owner: viewer }) });
  }),
  saveDating: write(datingContract.saveDating, async function saveDating(ctx) {
    const { username, ...sent } = ctx.params;
    const name = nameOf(username);
    const edit = editOf(sent);
    return ownView(await this.dating.writer.change(name, (dating) => merge(dating, edit), { create: true }));
  }),
  removeDating: write(datingContract.removeDating, async function remove(ctx) {
    await removeDating(this.repositories, nameOf(ctx.params.username));
    return { success: true };
  }),
  removeDatingPhoto: write(datingContract.removeDatingPhoto, async function removePhoto(ctx) {
    const { username, url } = ctx.params;
    const wanted = url.trim();
    if (!wanted) throw new Fault('photo_url_required');
    const change = this.dating.writer.change(nameOf(username), (dating) => {
      const { photos: _1, photoUrl: _2, photo: _3, photoPlacements: _4, ...others } = dating;
      return { ...others, ...withoutPhoto(dating, wanted) };
    });
    return ownView(await change);
  }),
};
