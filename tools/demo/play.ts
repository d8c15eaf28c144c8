import type { MessageView } from '#shared/rooms/message.shape.ts';
import type { Room, User } from '#tools/demo/cast.ts';
import { OutcomeUnknown, type Client } from '#tools/demo/client.ts';
import type { Line } from '#tools/demo/script.ts';

/** What a run did. `there`: messages that an earlier run had stored. */
export interface Tally {
  groups: number;
  members: number;
  messages: number;
  there: number;
  reactions: number;
  edits: number;
  deletions: number;
  colours: number;
}

const seg = encodeURIComponent;

const messagePath = (room: Room, messageId: string): string =>
  `/${room.group ? 'messages' : 'dm'}/${seg(room.id)}/${seg(messageId)}`;

const bodyOf = (line: Line, quoted: MessageView | undefined, quotedLine: Line | undefined) => ({
  userId: line.author.userId,
  username: line.author.username,
  avatar: line.author.avatar,
  bubbleColor: line.author.bubbleColor,
  text: line.text,
  kind: line.kind,
  media: line.media,
  audio: line.audio,
  // The text as it was said first: a second run must send the same body, whatever the target has become.
  ...(quoted && quotedLine
    ? { replyTo: { messageId: quoted.messageId, username: quotedLine.author.username, text: quotedLine.text } }
    : {}),
});

/** Plays one room: says its lines in their order, then does to each what the script has. */
export class Player {
  readonly #client: Client;
  readonly #tally: Tally;

  constructor(client: Client, tally: Tally) {
    this.#client = client;
    this.#tally = tally;
  }

  /** Says the lines; `said` is called after each. */
  async room(room: Room, lines: readonly Line[], said: () => void): Promise<void> {
    const messages: MessageView[] = [];
    for (const line of lines) {
      const message = await this.#say(room, line, messages, lines);
      messages.push(message);
      await this.#followUps(room, line, message);
      said();
    }
    await this.#newColour(room, lines, messages);
  }

  async #say(room: Room, line: Line, before: readonly MessageView[], lines: readonly Line[]): Promise<MessageView> {
    const quoted = line.answers === null ? undefined : before[line.answers];
    const path = room.group ? `/messages/${seg(room.id)}` : `/dm/${seg(room.id)}/message`;
    const body = bodyOf(line, quoted, line.answers === null ? undefined : lines[line.answers]);
    const call = { method: 'POST', path, body, key: line.key, repeatable: true } as const;
    const answer = await this.#client.call(call);
    if (answer.status !== 200) throw this.#client.refusal(call, answer.status, answer.body);
    this.#tally[answer.replayed ? 'there' : 'messages'] += 1;
    return answer.body as MessageView;
  }

  /**
   * Reactions, edit, deletion. What the message shows already is not done again (the same reaction twice would take it
   * back), so that an interrupted run can be finished by another one.
   */
  async #followUps(room: Room, line: Line, message: MessageView): Promise<void> {
    try {
      await this.#react(room, line, message);
      await this.#edit(room, line, message);
      await this.#remove(room, line, message);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      const path = `/messages/${seg(room.id)}/by-id/${seg(message.messageId)}`;
      const now = await this.#client.body({ method: 'GET', path, repeatable: true });
      await this.#followUps(room, line, now as MessageView);
    }
  }

  async #react(room: Room, line: Line, message: MessageView): Promise<void> {
    if (message.deleted) return;
    for (const { user, emoji } of line.reactions) {
      if (Object.hasOwn(message.reactions, user.userId)) continue;
      const path = `${messagePath(room, message.messageId)}/reactions`;
      const body = { emoji, user: { userId: user.userId, username: user.username } };
      await this.#client.body({ method: 'POST', path, body, repeatable: false });
      this.#tally.reactions += 1;
    }
  }

  async #edit(room: Room, line: Line, message: MessageView): Promise<void> {
    if (line.editedText === null || message.edited || message.deleted) return;
    const path = messagePath(room, message.messageId);
    await this.#client.body({ method: 'PUT', path, body: { newText: line.editedText }, repeatable: false });
    this.#tally.edits += 1;
  }

  async #remove(room: Room, line: Line, message: MessageView): Promise<void> {
    if (!line.deleted || message.deleted) return;
    await this.#client.body({ method: 'DELETE', path: messagePath(room, message.messageId), repeatable: true });
    this.#tally.deletions += 1;
  }

  /** The author of a group's first line takes another colour, unless that has happened. */
  async #newColour(room: Room, lines: readonly Line[], messages: readonly MessageView[]): Promise<void> {
    const [first] = lines;
    const [message] = messages;
    if (!room.group || !first || message?.bubbleColor !== first.author.bubbleColor) return;
    const colour = otherColour(first.author);
    const path = `/messages/${seg(room.id)}/user-bubble-color`;
    const body = { username: first.author.username, color: colour };
    await this.#client.body({ method: 'POST', path, body, repeatable: true });
    this.#tally.colours += 1;
  }
}

/** The user's colour with its channels turned round: red, green, blue become green, blue, red. */
const otherColour = ({ bubbleColor }: User): string =>
  `#${bubbleColor.slice(3, 5)}${bubbleColor.slice(5, 7)}${bubbleColor.slice(1, 3)}`;
