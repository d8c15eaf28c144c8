import { paramOf, pathParams, type Route } from '#services/api-gateway/routes/route.ts';

/**
 * The action's parameters of a request: only the fields that the route names, so that no body field can take the place
 * of a path parameter. Of a query field that comes twice the last counts.
 */
export function paramsOf(
  route: Route,
  path: Readonly<Record<string, string>>,
  url: string,
  body: Readonly<Record<string, unknown>> | readonly unknown[],
): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  const fields = (route.listBody ? { [route.listBody]: body } : body) as Readonly<Record<string, unknown>>;
  for (const name of route.listBody ? [route.listBody] : (route.body ?? []))
    if (Object.hasOwn(fields, name)) params[name] = fields[name];
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
