import { collectionsOf, type Collections } from '#shared/room-log/collections.ts';
import { openRooms, type OpenRooms } from '#shared/room-log/open.ts';
import type { Command } from '#shared/room-log/types.ts';
import { problemsOfLedger, problemsOfLog, problemsOfProjection, problemsOfWindow } from '#test/chaos/audit.ts';
import { create, edit, react } from '#test/chaos/commands.ts';
import { actorOf, Ledger, type Actor } from '#test/chaos/ledger.ts';
import { asked, roomsOf, type Places } from '#test/chaos/places.ts';
import type { Answer } from '#test/chaos/protocol.ts';
import { replay } from '#test/chaos/replay.ts';
import { WriterProcess } from '#test/chaos/writer-process.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startProxy, type Proxy } from '#test/support/proxy.ts';

const BUDGET_MS = 8_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * One database, a writer process that reaches it through a proxy and comes to grief, and a second room log, in this
 * process and undisturbed, that works on the same rooms.
 */
export class Stage {
  readonly ledger = new Ledger();
  readonly database: TestDatabase;
  readonly collections: Collections;
  readonly proxy: Proxy;
  readonly second: OpenRooms;
  readonly #undisturbed: Actor;
  readonly #all: Places[] = [];
  #writer: Promise<WriterProcess> | undefined;

  private constructor(database: TestDatabase, proxy: Proxy, second: OpenRooms) {
    this.database = database;
    this.collections = collectionsOf(database.db);
    this.proxy = proxy;
    this.second = second;
    this.#undisturbed = actorOf(second);
  }

  static async open(): Promise<Stage> {
    const database = await testDatabase(undefined, { retryWrites: false });
    const proxy = await startProxy(Number(new URL(database.uri).port));
    return new Stage(database, proxy, await openRooms({ db: database.db, logger: quiet, sweep: false }));
  }

  /** The writer; a new one when the last was killed. Connects directly, or the driver would find a way past the proxy. */
  async writer(): Promise<WriterProcess> {
    const uri = `mongodb://127.0.0.1:${this.proxy.port}/?directConnection=true`;
    this.#writer ??= WriterProcess.start(uri, this.database.name);
    const writer = this.#writer;
    if ((await writer).alive) return writer;
    if (this.#writer === writer) this.#writer = undefined;
    return this.writer();
  }

  /** Gives the rooms of a drill their first messages, so that the writer knows their ends. */
  async prime(places: Places): Promise<void> {
    const writer = await this.writer();
    await Promise.all(
      roomsOf(places).flatMap((room) => [
        this.ledger.write(writer, room, create(`${room} first`)),
        this.ledger.write(writer, room, create(`${room} second`)),
      ]),
    );
  }

  /** Asks the writer for one of each command; answers how they ended. `budgets`: ms, in turn. */
  async ask(places: Places, budgets: number[] = [BUDGET_MS]): Promise<Answer[]> {
    const writer = await this.writer();
    this.#all.push(places);
    return Promise.all(
      asked(places).map(([room, command], index) =>
        this.ledger.write(writer, room, command, budgets[index % budgets.length]),
      ),
    );
  }

  /** The second room log works on; answers which of its new messages were not acknowledged. */
  async goOn({ name, hot, other, dm }: Places, turn = 'meanwhile'): Promise<string[]> {
    const rooms = [hot, hot, other, dm, `${name}-own`];
    const writes = rooms.map((room, index) => this.#by(this.#undisturbed, room, create(`${room} ${turn} ${index}`)));
    const changes = [
      this.ledger.write(this.#undisturbed, hot, react(`${hot} first`, `second ${turn}`)),
      this.ledger.write(this.#undisturbed, hot, edit(`${hot} first`, `${hot} edited ${turn}`)),
    ];
    await Promise.all(changes);
    return (await Promise.all(writes)).flat();
  }

  /** A command to the second room log. */
  bySecond(room: string, command: Command): Promise<string[]> {
    return this.#by(this.#undisturbed, room, command);
  }

  /** Both write again, the sweeper runs, and everything must be as the log and the ledger say. */
  async aftermath(places: Places): Promise<string[]> {
    const writer = await this.writer();
    const again = roomsOf(places).map((room) => this.#by(writer, room, create(`${room} afterwards`)));
    const problems = [await this.goOn(places, 'afterwards'), ...(await Promise.all(again))].flat();
    await this.second.sweeper.sweep();
    return [...problems, ...(await this.audit(places))];
  }

  /** Every room of a drill against its log and the ledger, through both room logs. */
  async audit(places: Places): Promise<string[]> {
    const rooms = [...roomsOf(places), `${places.name}-own`];
    return (await Promise.all(rooms.map((room) => this.#auditRoom(room)))).flat();
  }

  /** All drills once more, at the end: what was refused has not come later. */
  async auditAll(): Promise<string[]> {
    await this.second.sweeper.sweep();
    return (await Promise.all(this.#all.map((places) => this.audit(places)))).flat();
  }

  async close(): Promise<void> {
    this.proxy.pass();
    await (await this.#writer)?.close();
    await this.second.close();
    await this.proxy.close();
    await this.database.drop();
  }

  async #by(actor: Actor, room: string, command: Command): Promise<string[]> {
    const answer = await this.ledger.write(actor, room, command);
    if (answer.status === 'acknowledged') return [];
    return [`${room} does not go on: ${JSON.stringify(command)} was answered ${JSON.stringify(answer)}`];
  }

  async #auditRoom(room: string): Promise<string[]> {
    const writer = await this.writer();
    const entries = await this.collections.log.find({ room }).sort({ from: 1 }).toArray();
    const documents = await this.collections
      .messages(room)
      .find({ room }, { projection: { _id: 0 } })
      .toArray();
    const read = await this.second.window(room);
    return [
      ...problemsOfLog(entries),
      ...problemsOfProjection(entries, documents, read?.head ?? null),
      ...problemsOfWindow(entries, read?.window ?? null),
      ...problemsOfWindow(entries, await writer.window(room)),
      ...problemsOfLedger(
        this.ledger.lines.filter((line) => line.room === room),
        replay(entries),
      ),
    ].map((problem) => `${room}: ${problem}`);
  }
}
