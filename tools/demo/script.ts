import { createHash } from 'node:crypto';
import type { Room, User } from '#tools/demo/cast.ts';
import { EMOJI } from '#tools/demo/material.ts';
import { seeded, type Random } from '#tools/demo/random.ts';
import { caption, correction, sentences } from '#tools/demo/texts.ts';

/** What is said: the messages of the sample, and what becomes of each. */
export interface Line {
  author: User;
  text: string;
  kind: string | null;
  media: unknown;
  audio: unknown;
  /** Index, in the room, of the line that this one answers. */
  answers: number | null;
  reactions: { user: User; emoji: string }[];
  editedText: string | null;
  deleted: boolean;
  /** Idempotency-Key: made from all of the above that is sent, so that the same line is never stored twice. */
  key: string;
}

/** Part of the messages that go to DMs. */
const DM_SHARE = 0.2;
/** How far back an answer reaches. */
const REACH = 12;

type Attachment = Pick<Line, 'text' | 'kind' | 'media' | 'audio'>;

function attachment(random: Random): Attachment | null {
  const number = random.below(1_000);
  const file = (folder: string, type: string) => `https://example.com/${folder}/${number}.${type}`;
  if (random.chance(0.05)) {
    const media = { original: file('pictures', 'jpg'), preview: file('previews', 'jpg'), type: 'image' };
    return { text: `${caption(random)} ${media.original}`.trim(), kind: 'media', media, audio: null };
  }
  if (random.chance(0.03)) {
    const media = { original: file('gifs', 'gif'), gif: file('gifs', 'gif'), type: 'gif' };
    return { text: media.original, kind: 'gif', media, audio: null };
  }
  if (random.chance(0.03)) {
    const audio = { url: file('voice', 'webm'), durationMs: 1_000 + random.below(30_000) };
    return { text: '', kind: 'audio', media: null, audio };
  }
  return null;
}

function reactionsOf(author: User, room: Room, random: Random): Line['reactions'] {
  if (!random.chance(0.25)) return [];
  const others = room.members.filter((one) => one !== author);
  const favourite = random.pick(EMOJI);
  return random
    .sample(others, 1 + random.below(5))
    .map((user) => ({ user, emoji: random.chance(0.6) ? favourite : random.pick(EMOJI) }));
}

function lineOf(room: Room, index: number): Line {
  const random = seeded('line', room.id, room.members.length, index);
  const author = random.pick(room.members);
  const answers = index > 0 && random.chance(0.2) ? Math.max(0, index - 1 - random.below(REACH)) : null;
  const plain = { text: sentences(random, answers !== null), kind: null, media: null, audio: null };
  const sent = attachment(random) ?? plain;
  const digest = createHash('sha256').update(JSON.stringify([room.id, index, author, answers, sent]));
  return {
    author,
    ...sent,
    answers,
    reactions: reactionsOf(author, room, random),
    editedText: sent.kind === null && random.chance(0.05) ? correction(sent.text, random) : null,
    deleted: random.chance(0.02),
    key: `demo-${digest.digest('base64url')}`,
  };
}

/** The first rooms are the busiest: more than half of all lines fall into the first third of them. */
const busy = (rooms: readonly Room[], random: Random): Room =>
  rooms[Math.floor(rooms.length * (random.below(1_000) / 1_000) ** 2)]!;

/**
 * The lines of each room, `messages` in all, in the order in which they are said. A larger number only adds lines, so
 * that a larger run goes on where a smaller one ended.
 */
export function script(messages: number, groups: readonly Room[], dms: readonly Room[]): Map<Room, Line[]> {
  const lines = new Map<Room, Line[]>([...groups, ...dms].map((room) => [room, []]));
  for (let n = 0; n < messages; n++) {
    const random = seeded('room', n);
    const rooms = dms.length > 0 && random.chance(DM_SHARE) ? dms : groups;
    const room = busy(rooms, random);
    const ofRoom = lines.get(room)!;
    ofRoom.push(lineOf(room, ofRoom.length));
  }
  return lines;
}
