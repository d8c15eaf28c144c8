import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumPath } from '#test/support/chromium.ts';

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

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: FLAGS });

/** What a page may read of an answer; `blocked` when the browser keeps it from the page. */
export interface Seen {
  blocked: boolean;
  type: string;
  status: number;
  etag: string | null;
  contentType: string | null;
  body: unknown;
}

interface Asked {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  mode: 'cors' | 'no-cors';
}

export interface Extras {
  headers?: Record<string, string>;
  mode?: 'cors' | 'no-cors';
}

/** A page of the app: all that it asks is asked by the browser, with its rules and its cache. */
export class AppPage {
  readonly #page: Page;
  readonly #base: string;

  /** `base`: the API's URL, without `/api`. */
  private constructor(page: Page, base: string) {
    this.#page = page;
    this.#base = base;
  }

  /** Each page has a cache of its own. */
  static async open(browser: Browser, origin: string, base: string): Promise<AppPage> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    return new AppPage(page, base);
  }

  get = (path: string, extras: Extras = {}): Promise<Seen> => this.#ask('GET', path, undefined, extras);

  post = (path: string, body: unknown): Promise<Seen> => this.#ask('POST', path, body);

  put = (path: string, body: unknown): Promise<Seen> => this.#ask('PUT', path, body);

  patch = (path: string, body: unknown, extras: Extras): Promise<Seen> => this.#ask('PATCH', path, body, extras);

  delete = (path: string, body?: unknown): Promise<Seen> => this.#ask('DELETE', path, body);

  reload = async (): Promise<void> => void (await this.#page.reload());

  close = (): Promise<void> => this.#page.context().close();

  #ask(method: string, path: string, body?: unknown, { headers, mode = 'cors' }: Extras = {}): Promise<Seen> {
    const typed: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked: Asked = {
      url: this.#base + path,
      method,
      headers: { accept: 'application/json, text/plain, */*', ...typed, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      mode,
    };
    return this.#page.evaluate(inPage, asked);
  }
}

/** Runs in the browser: nothing of this module is there. */
async function inPage({ url, ...init }: Asked): Promise<Seen> {
  try {
    const answer = await fetch(url, init);
    const text = await answer.text();
    const contentType = answer.headers.get('content-type');
    return {
      blocked: false,
      type: answer.type,
      status: answer.status,
      etag: answer.headers.get('etag'),
      contentType,
      body: contentType?.includes('json') ? JSON.parse(text) : text,
    };
  } catch (error) {
    return { blocked: true, type: 'error', status: 0, etag: null, contentType: null, body: String(error) };
  }
}
