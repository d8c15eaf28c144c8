import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';

const api = useApi();

describe('the gateway', () => {
  it('says that it answers, at its root', async () => {
    const answer = await api.get('/');
    expect(answer).toMatchObject({ status: 200, text: '{"status":"python-api-ok"}' });
  });

  it('says that it lives, is ready and has its database', async () => {
    expect((await api.get('/api/health/live')).json()).toEqual({ status: 'live' });
    expect((await api.get('/api/health/ready')).json()).toEqual({
      status: 'ready',
      database: true,
      messages: true,
      dm: true,
    });
    expect((await api.get('/api/health/db')).json()).toEqual({ mongo: 'connected', db: expect.any(String) });
  });

  it('says who is online, as Prometheus reads it', async () => {
    const answer = await api.get('/api/metrics/presence');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toMatch(/^# HELP \w+ .+\n# TYPE \w+ gauge\n/);
    expect(answer.text.endsWith('\n')).toBe(true);
  });

  it('says nothing of what it is made of', async () => {
    for (const path of ['/', '/api/groups', '/api/nothing', '/docs']) {
      const { headers } = await api.get(path);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

describe('the documentation', () => {
  it('is a page whose every file is served here', async () => {
    const page = await api.get('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      const answer = await api.get(file);
      expect([file, answer.status]).toEqual([file, 200]);
      expect(answer.bytes.length).toBeGreaterThan(100);
    }
  });

  it('explains every error code that the description names', async () => {
    const { text } = await api.get('/docs/errors');
    const codes = api.contract.operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ description }) =>
        [...description.matchAll(/`(\w+)`: /g)].map(([, code]) => code!),
      ),
    );
    expect(new Set(codes).size).toBeGreaterThan(15);
    for (const code of new Set(codes)) expect(text).toContain(`id="${code}"`);
  });

  it('has examples that its own schemas describe', () => {
    for (const { operation, template } of api.contract.operations)
      for (const [type, media] of [
        ...Object.entries(operation.requestBody?.content ?? {}),
        ...Object.values(operation.responses).flatMap(({ content }) => Object.entries(content ?? {})),
      ]) {
        if (!type.includes('json') || media.example === undefined) continue;
        expect([template, api.contract.problemsOf(media.schema, media.example)]).toEqual([template, null]);
      }
  });
});
