import type { Command } from '#shared/room-log/types.ts';
import { create, edit, react, recolour, remove } from '#test/chaos/commands.ts';

/** The rooms of one drill. */
export interface Places {
  name: string;
  hot: string;
  other: string;
  dm: string;
}

export const placesOf = (name: string): Places => ({ name, hot: name, other: `${name}-other`, dm: `dm:ann|${name}` });

export const roomsOf = ({ hot, other, dm }: Places) => [hot, other, dm];

/** The key that one of the asked messages has. */
export const KEY = { author: 'Kim', key: 'once' };

/** One of each command. */
export const asked = ({ hot, other, dm }: Places): [string, Command][] => [
  [hot, create(`${hot} a`, KEY)],
  [hot, create(`${hot} b`)],
  [hot, edit(`${hot} a`, `${hot} a, better`)],
  [hot, react(`${hot} first`, 'writer')],
  [hot, recolour('ann', `colour of ${hot}`)],
  [hot, remove(`${hot} b`)],
  [hot, edit(`${hot} first`, `${hot} edited by the writer`)],
  [hot, remove(`${hot} second`)],
  [other, create(`${other} a`)],
  [other, react(`${other} second`, 'writer')],
  [dm, create(`${dm} a`)],
  [dm, edit(`${dm} first`, `${dm} edited`)],
];
