import type { ObjectId } from 'mongodb';

/**
 * A person: one document of `profiles` for the account and the dating profile. Those of older databases were never
 * checked, so fields that were not written here may be missing or of another type.
 */
export interface ProfileDocument {
  _id: ObjectId;
  /** `u_<epoch ms>_<8 hex>`. Missing where somebody has a dating profile and no account. */
  userId?: string;
  /** As typed, trimmed. */
  username: string;
  /** `usernameKey(username)`; unique. */
  usernameLower: string;
  /**
   * The keys of all names that the person has or ever had; unique over all profiles. DM ids are names: a name that was
   * given up must never lead to somebody else. Missing in older documents, which had one name only. Whoever inserts a
   * profile sets it.
   */
  names?: string[];
  /** PHC string; bcrypt's own format in older documents. Missing where there is no account. */
  passwordHash?: string;
  /** URL or data URL. */
  avatarUrl?: string | null;
  /** Verbatim: clients keep JSON in them. */
  friends?: string[];
  /** Epoch ms. */
  createdAt?: number;
  updatedAt?: number;
  /** Counts the document's changes, for those who follow them. */
  rev?: number;
}

/** What names are compared by. */
export const usernameKey = (username: string): string => username.trim().toLowerCase();

/**
 * Part of every update of a profile: the next rev, and a time of change that never goes back. Updates name the fields
 * they change and no others, so that changes made at the same time do not undo each other.
 */
export const touched = (now: number) => ({ $inc: { rev: 1 }, $max: { updatedAt: now } });
