import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startNats, type TestNats } from '#test/support/nats-server.ts';
import { testDataDir } from '#test/support/program.ts';
import { openTerminal, type Terminal } from '#test/tools/repl/terminal.ts';

describe('npm run repl', () => {
  let nats: TestNats;
  const terminals: Terminal[] = [];

  function open(env: Record<string, string>): Terminal {
    const terminal = openTerminal(env);
    terminals.push(terminal);
    return terminal;
  }

  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(terminals.splice(0).map((one) => one.close()));
  });
  afterAll(() => nats.stop());

  it('says in one line what is missing, and ends with 1, when there is no cluster to join', async () => {
    const empty = testDataDir();
    const [none, deaf, lonely] = [
      open({ DATA_DIR: empty.path }),
      open({ NATS_URL: 'nats://127.0.0.1:1' }),
      open({ NATS_URL: nats.url }),
    ];
    expect(await Promise.all([none, deaf, lonely].map((one) => one.exited))).toEqual([1, 1, 1]);
    expect(none.shown()).toMatch(/^repl: DATA_DIR=.*: no cluster runs there: start one with npm run cluster, .*\n$/);
    expect(deaf.shown()).toMatch(/^repl: NATS_URL=nats:\/\/127\.0\.0\.1:1: no NATS server answers there; .*\n$/);
    expect(lonely.shown()).toMatch(/^repl: NATS_URL=nats:.*: NATS answers, but no service is there; .*\n$/);
    await empty.remove();
  });

  describe('in a cluster of two instances of messages', () => {
    let database: TestDatabase;
    let cluster: TestCluster;

    beforeAll(async () => {
      database = await testDatabase();
      const { uri, name } = database;
      const others = serviceNames().map((service) => [service, 0] as const);
      cluster = await startCluster({
        instances: { ...Object.fromEntries(others), messages: 2 },
        env: { NATS_URL: nats.url, MONGO_URI: uri, MONGO_DB_NAME: name },
      });
    }, 60_000);
    afterAll(async () => {
      await cluster.stop();
      await database.drop();
    });

    it('finds it by its notes, is a node of it, calls actions and shows rooms, until exit', async () => {
      const terminal = open({ DATA_DIR: cluster.dataDir });
      expect(await terminal.ready).toMatch(/^Joined nats:.* \(npm run cluster\) as repl-.*, beside messages-.*\.\n/);

      expect(await terminal.type('nodes')).toMatch(/messages-1 [^]*messages-2 [^]*repl-\S+ \(\*\)/);
      expect(await terminal.type('services')).toMatch(/messages .* OK .* 2 /);
      expect(await terminal.type('actions -f messages.*')).toMatch(/messages\.latest +│ +2 │ +OK/);

      const body = { room: 'fun-room', messageId: 'm-1', username: 'ada', text: 'Hello' };
      expect(await terminal.type(`call messages.create '${JSON.stringify(body)}'`)).toMatch(
        /seq: 1,\n[^]*replayed: false/,
      );
      expect(await terminal.type('call messages.latest --room fun-room --$timeout 9000')).toMatch(
        /with options: \{ timeout: 9000 \}[^]* rev: 1,\n +body: <Buffer 5b 7b/,
      );
      expect(await terminal.type('latest fun-room -n 5')).toMatch(/ 1 +1 +20\d\d-\S+ \S+ +ada +Hello\n/);

      const affinity = await terminal.type('affinity fun-room');
      const owner = /^fun-room is served by (messages-[12])\n/.exec(affinity)?.[1];
      expect(affinity).toContain(`\n  * ${owner}\n`);
      const room = await terminal.type('room fun-room');
      expect(room).toMatch(new RegExp(`^room +fun-room, answered by ${owner}\n`));
      expect(room).toMatch(
        /\nhead +rev 1, seq 1 of 20.*\nwindow +rev 1, items 1 from seq 1, .*; held already\nstored +not known: no instance of readmodel is online\nwaiting +0 /,
      );

      await terminal.type('exit').catch(() => undefined);
      expect(await terminal.exited).toBe(0);
    });

    it('takes bad input without ending, and leaves at Ctrl-D', async () => {
      const terminal = open({ NATS_URL: nats.url });
      expect(await terminal.ready).toMatch(/ \(NATS_URL\) as repl-/);
      expect(await terminal.type('room')).toMatch(/missing required argument 'id'/);
      expect(await terminal.type('help room')).toMatch(/Head of a room/);
      expect(await terminal.type('room dm:ada')).toBe('room: a DM id names two different users: dm:alice|bob\n');
      expect(await terminal.type('room nobody-wrote')).toMatch(/\nhead +none: the room never had a message\n/);
      expect(await terminal.type('latest fun-room -n many')).toMatch(/\n +count: must be an integer\n/);
      expect(await terminal.type('affinity "dm:Bob | Ada"')).toBe('dm:ada|bob: no instance of dm is online\n');
      expect(await terminal.type('room "dm:Bob | Ada"')).toMatch(/dm\.inspect/);
      terminal.press('\x04');
      expect(await terminal.exited).toBe(0);
    });
  });
});
