import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { ERRORS } from '#shared/errors.ts';
import { chromiumPath } from '#test/support/chromium.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const stage = new Stage();
let browser: Browser;

beforeAll(async () => {
  await stage.start();
  browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
});
afterAll(async () => {
  await browser?.close();
  await stage.stop();
});

describe('the documentation', () => {
  it('sends a request from the page, and asks no other host for anything', async () => {
    const page = await browser.newPage();
    const hosts = new Set<string>();
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).host);
    });
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(stage.url('/docs'));

    const operation = page.locator('#operations-Groups-getGroups');
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response-col_status').filter({ hasText: '200' }).first().waitFor();
    expect(await operation.locator('.live-responses-table .highlight-code').first().textContent()).toContain(
      'fun-room',
    );

    expect([...hosts]).toEqual([new URL(stage.url('/')).host]);
    expect(complaints).toEqual([]);
    expect(stage.callsOf('groups.list')).toHaveLength(1);
  });

  it('explains every code at the place that a problem names', async () => {
    const text = await (await stage.get('/docs/errors')).text();
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`id="${code}"`);
  });

  it('serves no file but those of the page', async () => {
    for (const name of ['package.json', 'index.html', '..%2Fpackage.json', 'constructor'])
      expect((await stage.get(`/docs/assets/${name}`)).status).toBe(404);
  });
});
