import { paramOf, pathParams, type Route } from '#services/api-gateway/routes/route.ts';

/**
 * The action's parameters of a request: only the fields that the route names, so that no body field can take the place
 * of a path parameter. Of a query field that comes twice the last counts.
 */
export function paramsOf(
  route: Route,
  path: Readonly<Record<string, string>>,
  url: string,
  body: Record<string, unknown>,
): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const name of route.body ?? []) if (Object.hasOwn(body, name)) params[name] = body[name];
  if (route.query && url.includes('?')) {
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
    for (const name of route.query) {
      const value = query.getAll(name).at(-1);
      if (value !== undefined) params[name] = value;
    }
  }
  for (const name of pathParams(route.path)) params[paramOf(route, name)] = path[name];
  return params;
}
