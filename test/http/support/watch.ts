import type { Api } from '#test/http/support/api.ts';
import { at } from '#test/http/support/rooms.ts';
import type { RoomStage } from '#test/http/support/stage.ts';

/** What is watched: a room, or the group of its name with its members. */
export type Watched = 'room' | 'group';

/** Tells whether anything was stored or changed in what it watches since it last looked. */
export class Watch {
  readonly #api: Api;
  readonly #etags: Map<string, string | undefined>;

  constructor(api: Api, { room, values }: RoomStage, watched: readonly Watched[] = ['room', 'group']) {
    this.#api = api;
    // The tag of the newest messages stands for the last change of the room, that of a group for all that is shown.
    const paths = { room: `${at(room)}/latest?count=1`, group: `/api/groups/${values.groupId}?includeMembers=true` };
    this.#etags = new Map(watched.map((one) => [paths[one], undefined]));
  }

  /** True when something changed. */
  async sawChange(): Promise<boolean> {
    let changed = false;
    for (const [path, etag] of this.#etags) {
      const answer = await this.#api.get(path, { headers: etag === undefined ? {} : { 'if-none-match': etag } });
      changed ||= answer.status !== 304;
      this.#etags.set(path, answer.headers.etag);
    }
    return changed;
  }
}
