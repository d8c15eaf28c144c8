import type { Route } from '#services/api-gateway/routes/route.ts';

/** A path template as a pattern: a parameter is one segment that is not empty. */
const patternOf = (path: string): RegExp => {
  const literal = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+')}$`);
};

/** Which methods a path takes, over all routes: for 404, 405 and redirects. HEAD stands beside every GET. */
export class RouteTable {
  readonly #patterns: { pattern: RegExp; methods: string[] }[];

  constructor(routes: readonly Route[]) {
    const byPath = Map.groupBy(routes, ({ path }) => path);
    this.#patterns = [...byPath].map(([path, served]) => ({
      pattern: patternOf(path),
      methods: served.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    }));
  }

  /** Empty for a path that nothing serves. */
  methodsOf(path: string): string[] {
    const methods = this.#patterns.filter(({ pattern }) => pattern.test(path)).flatMap((one) => one.methods);
    return [...new Set(methods)];
  }
}
