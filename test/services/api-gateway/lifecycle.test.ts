import { Agent, request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { message } from '#services/api-gateway/routes/examples.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const silent = () => new Promise(() => {});

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A request over a connection that is kept, and whether the server closed it. */
function keptAlive(port: number, path: string, agent: Agent) {
  return new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
    const sent = request({ port, path, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode!, connection: response.headers.connection }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a gateway that stops', () => {
  it('lets requests under way finish, closes kept connections, and takes no new ones', async () => {
    const stage = await new Stage().start();
    const { port } = stage;
    const agent = new Agent({ keepAlive: true });
    expect((await keptAlive(port, '/', agent)).connection).toBe('keep-alive');
    stage.answers['groups.list'] = async () => {
      await later(500);
      return { groups: [], total: 0, hasMore: false };
    };
    const running = keptAlive(port, '/api/groups', agent);
    await later(100);
    const stopped = stage.stop();
    expect(await running).toEqual({ status: 200, connection: 'close' });
    await stopped;
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    agent.destroy();
  });

  it('answers for what does not finish: shutting_down, or outcome_unknown for a write that left', async () => {
    const stage = await new Stage().start();
    stage.answers = { 'groups.list': silent, 'messages.create': silent };
    const read = stage.get('/api/groups');
    const write = stage.send('POST', '/api/messages/x', { text: 'x' });
    await later(100);
    const stopped = stage.stop();
    const answers = await Promise.all([read, write]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect((await Promise.all(answers.map(problem))).map(({ code }) => code)).toEqual([
      'shutting_down',
      'outcome_unknown',
    ]);
    await stopped;
  });

  it('ends long polling at the next slice', async () => {
    const stage = await new Stage().start();
    stage.answers['messages.changes'] = async ({ wait }) => {
      await later((wait ?? 0) * 100);
      return { items: [], next: '1', reset: false };
    };
    const polling = stage.get('/api/messages/x/changes?wait=25');
    await later(100);
    await stage.stop();
    expect(await (await polling).json()).toEqual({ items: [], next: '1', reset: false });
  });
});

describe('long polling', () => {
  it('asks in slices of a second, from the cursor that came last, until something came', async () => {
    const stage = await new Stage().start();
    try {
      let asked = 0;
      stage.answers['messages.changes'] = async () => {
        asked += 1;
        return { items: asked === 3 ? [message] : [], next: String(asked), reset: false };
      };
      const response = await stage.get('/api/messages/x/changes?since=0&wait=25&limit=7');
      expect(await response.json()).toEqual({ items: [message], next: '3', reset: false });
      expect(stage.callsOf('messages.changes')).toEqual([
        { room: 'x', since: '0', wait: 1, limit: 7 },
        { room: 'x', since: '1', wait: 1, limit: 7 },
        { room: 'x', since: '2', wait: 1, limit: 7 },
      ]);
      const bad = await stage.get('/api/messages/x/changes?wait=soon');
      expect(bad.status).toBe(422);
    } finally {
      await stage.stop();
    }
  });

  it('ends when its time is over', async () => {
    const stage = await new Stage().start();
    try {
      stage.answers['messages.changes'] = async ({ wait }) => {
        await later((wait ?? 0) * 1_000);
        return { items: [], next: '1', reset: false };
      };
      const response = await stage.get('/api/messages/x/changes?wait=1');
      expect(await response.json()).toEqual({ items: [], next: '1', reset: false });
    } finally {
      await stage.stop();
    }
  });
});

it('names the port that is in use in one line', async () => {
  const first = await new Stage().start();
  const second = new Stage({ PORT: String(first.port) });
  try {
    await expect(second.start()).rejects.toThrow(new RegExp(`^PORT=${first.port}: `));
  } finally {
    await second.stop();
    await first.stop();
  }
});
