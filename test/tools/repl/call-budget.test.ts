import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Context, ServiceBroker } from 'moleculer';
import { DEADLINES } from '#shared/deadline.ts';
import { callBudget } from '#tools/repl/call-budget.ts';

describe('the budget of a call from the prompt', () => {
  const broker = new ServiceBroker({ logger: false, middlewares: [callBudget] });
  broker.createService({
    name: 'echo',
    actions: { told: (ctx: Context) => ({ timeout: ctx.options.timeout, meta: ctx.meta }) },
  });
  beforeAll(() => broker.start());
  afterAll(() => broker.stop());

  it('is that of any call, and the service is told', async () => {
    const { call } = DEADLINES;
    expect(await broker.call('echo.told')).toEqual({ timeout: call, meta: { budgetMs: call } });
  });

  it('is what was typed as $timeout, beside the other meta', async () => {
    const options = { timeout: 25_000, meta: { $repl: true } };
    expect(await broker.call('echo.told', {}, options)).toEqual({
      timeout: 25_000,
      meta: { $repl: true, budgetMs: 25_000 },
    });
  });
});
