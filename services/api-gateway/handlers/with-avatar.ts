import { invalid, isFault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import type { Handler, Request, Resources } from '#services/api-gateway/handlers/handler.ts';
import { isDataUrl } from '#services/api-gateway/media/avatars.ts';
import { publicUrlOf } from '#services/api-gateway/media/public-urls.ts';

/**
 * What takes the place of a data URL: the URL of its file; the data URL itself when the media service is away.
 * Throws what the media service says against it.
 */
async function keptAvatar({ caller, exchange }: Request, resources: Resources, dataUrl: string): Promise<string> {
  // The action that it is for says so, with its own words.
  if (dataUrl.length > LIMITS.avatar) return dataUrl;
  const url = await resources.avatars.keep(caller, dataUrl);
  return url === null ? dataUrl : publicUrlOf(resources.config.publicUrl, exchange.req, url);
}

const withField = (request: Request, field: string, value: unknown): Request => ({
  ...request,
  params: { ...request.params, [field]: value },
});

/**
 * The handler, with a file in place of a data URL in the body's field `field`; an avatar that is no image is refused
 * (422). Other URLs stay as they are, and are never fetched.
 */
export const withAvatar =
  (field: string, handler: Handler): Handler =>
  async (request, resources) => {
    const sent = request.params[field];
    if (!isDataUrl(sent)) return handler(request, resources);
    let url: string;
    try {
      url = await keptAvatar(request, resources, sent);
    } catch (error) {
      throw invalid(field, error instanceof Error ? `is no image that is taken: ${error.message}` : 'is no image');
    }
    return handler(withField(request, field, url), resources);
  };

/** As `withAvatar` for a message, which is never refused for its avatar: one that is no image becomes null. */
export const withMessageAvatar =
  (handler: Handler): Handler =>
  async (request, resources) => {
    const sent = request.params.avatar;
    if (!isDataUrl(sent)) return handler(request, resources);
    let url: string | null = null;
    try {
      url = await keptAvatar(request, resources, sent);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    return handler(withField(request, 'avatar', url), resources);
  };
