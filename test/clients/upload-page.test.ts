import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '#test/clients/page/browser.ts';
import { APP_PORT, servePage, type PageHost } from '#test/clients/page/page-host.ts';
import { openGateway, type TestGateway } from '#test/http/support/gateway.ts';
import { photo } from '#test/services/media/support/files.ts';

let gateway: TestGateway;
let host: PageHost;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  host = await servePage(APP_PORT);
  gateway = await openGateway();
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(host.origin);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await host?.close();
}, 30_000);

interface Given {
  url: string;
  field: string;
  bytes: number[];
  /** Megabytes that are sent after the file's own bytes. */
  more?: number;
}

/** Runs in the browser: uploads as the app does, and answers what the API says. */
async function uploadInPage({ url, field, bytes, more = 0 }: Given): Promise<{ status: number; body: unknown }> {
  const form = new FormData();
  form.append(field, new File([new Uint8Array(bytes), new Uint8Array(more * 1_048_576)], 'photo.jpg'));
  const answer = await fetch(url, { method: 'POST', body: form });
  return { status: answer.status, body: await answer.json() };
}

it('uploads a picture and shows it, upright, on the page of another origin', async () => {
  const given = {
    url: `${gateway.url}/api/uploads/chat-media?username=alice`,
    field: 'media',
    bytes: [...(await photo('jpeg'))],
  };
  const { status, body } = await page.evaluate(uploadInPage, given);
  expect([status, body]).toEqual([200, expect.objectContaining({ width: 40, height: 60 })]);
  // As text: this program's types know no page.
  const src = JSON.stringify((body as { url: string }).url);
  const shown = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = ${src};
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  })()`);
  expect(shown).toEqual([40, 60]);
});

it('reads why an upload is refused, also when that was settled before its end', async () => {
  const given = { url: `${gateway.url}/api/uploads/avatar`, field: 'avatar', bytes: [1], more: 20 };
  expect(await page.evaluate(uploadInPage, given)).toMatchObject({ status: 413, body: { detail: 'Media too large.' } });
});
