import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { Fault } from '#shared/errors.ts';
import { message } from '#services/api-gateway/routes/examples.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const stage = new Stage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

const room = '/api/messages/fun-room';
const stored = { message, replayed: false };

/** Fails as listed, then stores. */
const failing = (...errors: Error[]) => {
  const left = [...errors];
  return () => {
    const error = left.shift();
    if (error) throw error;
    return stored;
  };
};
const timeout = () => new Errors.RequestTimeoutError({ action: 'messages.create', nodeID: 'n' });

describe('sending a message', () => {
  it('answers the message itself', async () => {
    const response = await stage.send('POST', room, { text: 'x' });
    expect(response.headers.get('idempotent-replayed')).toBeNull();
    expect(await response.json()).toEqual(message);
  });

  it('passes the key on and tells a replay', async () => {
    stage.answers['messages.create'] = () => ({ message, replayed: true });
    const response = await stage.send('POST', room, { username: 'a' }, { 'idempotency-key': 'key 1' });
    expect(response.headers.get('idempotent-replayed')).toBe('true');
    expect(stage.callsOf('messages.create')[0]).toMatchObject({ idempotencyKey: 'key 1' });
  });

  it.each([
    ['empty', ''],
    ['longer than 200', 'x'.repeat(201)],
    ['not ASCII', 'k\u00e9y'],
  ])('refuses a key that is %s', async (_name, key) => {
    const response = await stage.send('POST', room, {}, { 'idempotency-key': key });
    expect(response.status).toBe(400);
    expect((await problem(response)).code).toBe('idempotency_key_invalid');
    expect(stage.calls).toEqual([]);
  });

  it('repeats a try with the same id, no longer fresh, until it is stored (L10)', async () => {
    stage.answers['messages.create'] = failing(
      new Fault('database_unavailable'),
      timeout(),
      new Fault('outcome_unknown'),
      new Fault('not_stored'),
    );
    const response = await stage.send('POST', room, { text: 'x' });
    expect(response.status).toBe(200);
    const calls = stage.callsOf('messages.create');
    expect(new Set(calls.map(({ messageId }) => messageId)).size).toBe(1);
    expect(calls.map(({ fresh }) => fresh)).toEqual([true, false, false, false, false]);
  });

  it('passes a refusal on at once, also when an earlier try may have been stored', async () => {
    stage.answers['messages.create'] = failing(timeout(), new Fault('idempotency_key_reused'));
    const response = await stage.send('POST', room, { username: 'a' }, { 'idempotency-key': 'k' });
    expect(response.status).toBe(422);
    expect(stage.callsOf('messages.create')).toHaveLength(2);
  });

  it.each(['overloaded', 'not_stored'] as const)('passes %s on at once: nothing was stored', async (code) => {
    stage.answers['messages.create'] = failing(new Fault(code));
    const response = await stage.send('POST', room, {});
    expect([response.status, (await problem(response)).code]).toEqual([503, code]);
  });

  it('says outcome_unknown when a try may have been stored and none was settled in time', async () => {
    let tries = 0;
    stage.answers['messages.create'] = () => {
      tries += 1;
      throw tries === 1 ? new Fault('outcome_unknown') : new Fault('database_unavailable');
    };
    const response = await stage.send('POST', room, { username: 'a' }, { 'idempotency-key': 'k' });
    expect([response.status, (await problem(response)).code]).toEqual([503, 'outcome_unknown']);
  });

  it('says database_unavailable when no try got as far as the log', async () => {
    stage.answers['messages.create'] = () => {
      throw new Fault('database_unavailable');
    };
    const response = await stage.send('POST', room, {});
    expect([response.status, (await problem(response)).code]).toEqual([503, 'database_unavailable']);
  });
});
