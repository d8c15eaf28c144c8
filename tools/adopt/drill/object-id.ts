import { ObjectId } from 'mongodb';

/** The n-th id, in order; `more` of them may follow each. */
export const objectId = (n: number, more = 0): ObjectId =>
  new ObjectId((0x65_92_00_80).toString(16) + (n * 16 + more).toString(16).padStart(16, '0'));
