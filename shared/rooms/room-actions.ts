import { backfillReplies } from '#shared/rooms/actions/backfill-replies.ts';
import { edit, react, remove } from '#shared/rooms/actions/change-message.ts';
import { deleteRoom, recolour } from '#shared/rooms/actions/change-room.ts';
import { changes } from '#shared/rooms/actions/changes.ts';
import { create } from '#shared/rooms/actions/create.ts';
import { heads } from '#shared/rooms/actions/heads.ts';
import { inspect } from '#shared/rooms/actions/inspect.ts';
import { latest } from '#shared/rooms/actions/latest.ts';
import { byId, byTimestamp } from '#shared/rooms/actions/lookups.ts';
import { around, page } from '#shared/rooms/actions/page.ts';
import type { roomContract } from '#shared/rooms/rooms.contract.ts';

/** The actions that every service of rooms has: one for each entry of the contract. */
export const roomActions = {
  heads,
  inspect,
  latest,
  page,
  around,
  changes,
  byId,
  byTimestamp,
  create,
  edit,
  remove,
  react,
  recolour,
  backfillReplies,
  deleteRoom,
} satisfies Record<keyof typeof roomContract, unknown>;
