import { type Collection, MinKey } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { monotonic } from '#shared/deadline.ts';
import type { GroupDocument } from '#services/groups/group-view.ts';

/** How long a count is built upon, in ms. */
const COUNTED_EVERY_MS = 60_000;

/** A count of the groups, and MongoDB's own figure, the same just before and just after it. */
interface Counted {
  exact: number;
  estimate: number;
  at: number;
}

/**
 * How many groups there are, at a cost that does not grow with them. They are counted once a minute; from then on the
 * total goes up and down with the figure that MongoDB keeps of each collection. That one may be off after an unclean
 * shutdown, or on another primary, but the total is so no longer than till the next count.
 */
export class GroupTotal {
  readonly #groups: Collection<GroupDocument>;
  readonly #clock: () => number;
  readonly #reading = new Coalescer<number>(async ([key]) => new Map([[key!, await this.#read()]]), {
    batch: 1,
    underWay: 1,
  });
  #last: Counted | undefined;

  /** `clock`: monotonic ms. */
  constructor(groups: Collection<GroupDocument>, clock = monotonic) {
    this.#groups = groups;
    this.#clock = clock;
  }

  /** The total as it is after this call; all who wait in this process share one reading. Throws the driver's errors. */
  async get(): Promise<number> {
    return (await this.#reading.get('total')) ?? 0;
  }

  async #read(): Promise<number> {
    const at = this.#clock();
    const estimate = await this.#groups.estimatedDocumentCount();
    const last = this.#last;
    if (last && at - last.at < COUNTED_EVERY_MS) return Math.max(0, last.exact + estimate - last.estimate);
    // Every value is at or above MinKey: counts the index, without looking at a document.
    const exact = await this.#groups.countDocuments({ id: { $gte: new MinKey() } });
    // A change in between may be in one and not in the other: built upon, it would be wrong by one for a minute. Not seen
    // is a creation that a deletion makes up for within the count.
    if ((await this.#groups.estimatedDocumentCount()) === estimate) this.#last = { exact, estimate, at };
    return exact;
  }
}
