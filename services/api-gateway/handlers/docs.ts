import { Fault } from '#shared/errors.ts';
import { assetOf } from '#services/api-gateway/docs/assets.ts';
import { CSP, DOCS_PAGE, ERRORS_PAGE } from '#services/api-gateway/docs/pages.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { json } from '#services/api-gateway/reply.ts';

const html =
  (page: string): Handler =>
  async () => ({
    body: Buffer.from(page),
    type: 'text/html; charset=utf-8',
    headers: ['Content-Security-Policy', CSP],
  });

export const docsPage = html(DOCS_PAGE);
export const errorsPage = html(ERRORS_PAGE);

export const docsAsset: Handler = async ({ path }) => {
  const asset = await assetOf(path.file!);
  if (!asset) throw new Fault('not_found');
  return asset;
};

export const openapi: Handler = async (_request, resources) => json(resources.openapi());
