import type { Api } from '#test/http/support/api.ts';
import { at } from '#test/http/support/rooms.ts';
import type { RoomStage } from '#test/http/support/stage.ts';

/** Tells whether anything was stored in a room, or changed of its group and members, since it last looked. */
export class Watch {
  readonly #api: Api;
  readonly #etags: Map<string, string | undefined>;

  constructor(api: Api, { room, values }: RoomStage) {
    this.#api = api;
    // The tag of the newest messages stands for the last change of the room, that of a group for all that is shown.
    const paths = [`${at(room)}/latest?count=1`, `/api/groups/${values.groupId}?includeMembers=true`];
    this.#etags = new Map(paths.map((path) => [path, undefined]));
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
