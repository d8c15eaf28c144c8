import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageCreated, roomDeleted } from '#shared/events/room-events.ts';
import { type Outgoing, Producer } from '#shared/kafka/producer.ts';
import { ensureTopics } from '#shared/kafka/topics.ts';
import { kafkaConfig, Member, quiet, until } from '#test/shared/kafka/support/collect.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';
import { runTool, spawnTool } from '#test/support/tool.ts';

// Each look starts a program, which joins a group.
jest.setTimeout(120_000);

let kafka: TestKafka;
let producer: Producer;
let cwd: string;

const events = (...args: string[]) => runTool('events', args, cwd, { KAFKA_BOOTSTRAP: kafka.bootstrap });
const linesOf = (text: string) => text.trimEnd().split('\n');

/** An event as the relay sends it. */
const sent = (event: { subject: string }, value: string = JSON.stringify(event)): Outgoing => ({
  key: event.subject,
  value,
});

const letter = (reason: string, offset: number, more: Partial<Outgoing> = {}): Outgoing => ({
  key: 'hiking',
  value: JSON.stringify({ n: offset }),
  ...more,
  headers: {
    reason,
    detail: 'why it is',
    topic: 'tm.messages',
    partition: '0',
    offset: String(offset),
    ...more.headers,
  },
});

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'truematch-events-'));
  kafka = await startKafka();
  producer = new Producer({ config: kafkaConfig(kafka.bootstrap), logger: quiet });
});
afterAll(async () => {
  await producer.close();
  await kafka.stop();
  rmSync(cwd, { recursive: true, force: true });
});

describe('npm run events', () => {
  it('says what is wrong in one line', async () => {
    const env = { DATA_DIR: join(cwd, 'data') };
    for (const [args, line] of [
      [['tail'], /^events: DATA_DIR=\S+: no Kafka runs there; start one, or set KAFKA_BOOTSTRAP\n$/],
      [['tail', '--since'], /^events: Unknown option '--since'.*\n$/],
    ] as const)
      expect(await runTool('events', [...args], cwd, env)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(line),
      });
    expect(await events('dlq', 'drop')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^events: dlq drop: is not/),
    });
    expect(await events('tail')).toMatchObject({
      code: 1,
      stderr: 'events: Kafka has no topics tm.… yet: no event was sent\n',
    });
    expect(await events('dlq', 'list')).toMatchObject({ code: 0, stdout: '' });
    expect(await events('dlq', 'retry')).toMatchObject({ code: 0, stdout: '0 sent again, 0 passed over\n' });
  });

  it('shows events as they come, of one room too, and what is none; nothing in them commands the terminal', async () => {
    const topics = ['tm.messages', 'tm.groups', 'tm.dead-letters'];
    await ensureTopics({ config: kafkaConfig(kafka.bootstrap), logger: quiet, topics });
    const evil = structuredClone(messageCreated.example);
    evil.data.text = '\u001B[2Jred\r\nalert';
    await producer.send('tm.messages', [
      sent(messageCreated.example),
      sent(evil),
      sent({ subject: 'other' }, '{"half'),
      sent(roomDeleted.example),
    ]);
    const env = { KAFKA_BOOTSTRAP: kafka.bootstrap };
    const all = spawnTool('events', ['tail', '--all'], cwd, env);
    const one = spawnTool('events', ['tail', '--all', '--room', 'other', '--json'], cwd, env);
    try {
      await until(() => linesOf(all.output().stdout).length === 4 && one.output().stdout !== '');
    } finally {
      for (const { child } of [all, one]) child.kill('SIGINT');
    }
    const [shown, json] = await Promise.all([all.exited, one.exited]);
    expect([shown.code, json.code, json.stdout]).toEqual([0, 0, '{"half\n']);
    expect(shown.stderr).toBe('following tm.messages, tm.groups; Ctrl-C ends it\n');
    expect(linesOf(shown.stdout).toSorted()).toEqual(
      [
        '2026-01-02T03:04:05.000Z  tm.message.created  hiking  rev 7  seq 4  Ann: At eight?',
        '2026-01-02T03:04:05.000Z  tm.message.created  hiking  rev 7  seq 4  Ann:  [2Jred alert',
        '2026-01-02T03:04:12.000Z  tm.room.deleted  hiking  rev 12  {"floorSeq":4}',
        expect.stringMatching(/^\d{4}-.*Z {2}tm\.messages\/\d\/0 {2}no event: no JSON: /),
      ].toSorted((a, b) => (typeof a === 'string' ? a : '9').localeCompare(typeof b === 'string' ? b : '9')),
    );
  });

  it('lists what was put aside, and sends it once to where it came from', async () => {
    await producer.send('tm.dead-letters', [
      letter('not_json', 1, { value: Buffer.from([0xff, 0x00]) }),
      letter('not_in_log', 2),
      letter('invalid_data', 3, { value: '', headers: { truncated: 'true' } }),
      letter('not_in_log', 4, { headers: { topic: 'elsewhere' } }),
    ]);
    const listed = await events('dlq', 'list');
    expect(listed).toMatchObject({ code: 0, stderr: expect.stringMatching(/4 dead letters that were not retried\n$/) });
    expect(linesOf(listed.stdout).map((line) => line.replace(/^\S+Z /, ''))).toEqual([
      ' tm.messages/0/1  not_json  key hiking  why it is',
      ' tm.messages/0/2  not_in_log  key hiking  why it is',
      ' tm.messages/0/3  invalid_data  key hiking  why it is',
      ' elsewhere/0/4  not_in_log  key hiking  why it is',
    ]);

    const member = new Member({
      config: kafkaConfig(kafka.bootstrap),
      groupId: 'what-comes',
      topics: ['tm.messages'],
      from: 'latest',
    });
    await until(() => member.holds > 0);
    const retried = await events('dlq', 'retry');
    expect(retried).toMatchObject({ code: 0, stdout: '2 sent again, 2 passed over\n' });
    expect(retried.stderr).toMatch(/\/2 is passed over: its value was too large/);
    expect(retried.stderr).toMatch(/\/3 is passed over: it came from elsewhere/);
    const again = () => member.messages.filter((one) => one.headers['retried-from']);
    await until(() => again().length === 2);
    expect(again().map((one) => [one.key, one.value])).toEqual([
      ['hiking', Buffer.from([0xff, 0x00])],
      ['hiking', Buffer.from('{"n":2}')],
    ]);
    await member.consumer.close();

    expect(await events('dlq', 'retry')).toMatchObject({ stdout: '0 sent again, 0 passed over\n' });
    expect(await events('dlq', 'list')).toMatchObject({ stdout: '' });
    await producer.send('tm.dead-letters', [letter('not_in_log', 5)]);
    const [open, all] = await Promise.all([events('dlq', 'list', '--json'), events('dlq', 'list', '--json', '--all')]);
    expect(JSON.parse(open.stdout)).toMatchObject({ key: 'hiking', headers: { offset: '5' }, value: '{"n":5}' });
    expect(
      linesOf(all.stdout).map((line) => (JSON.parse(line) as { headers: { offset: string } }).headers.offset),
    ).toEqual(['1', '2', '3', '4', '5']);
    expect(JSON.parse(linesOf(all.stdout)[0]!)).toMatchObject({ base64: '/wA=' });
  });
});
