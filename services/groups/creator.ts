import { Fault } from '#shared/errors.ts';
import type { GroupDocument } from '#services/groups/group-view.ts';

/** Throws `forbidden` unless the group was made by this user; without one it is a service's call, which may change all. */
export function checkCreator({ createdBy }: Pick<GroupDocument, 'createdBy'>, by: string | undefined): void {
  if (by !== undefined && createdBy !== by) throw new Fault('forbidden');
}
