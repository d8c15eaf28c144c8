import type { Route } from '#services/api-gateway/routes/route.ts';

/** A path template as a pattern: a parameter is one segment that is not empty. */
const patternOf = (path: string): RegExp => {
  const literal = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+')}$`);
};

const literals = (path: string): number => path.split('/').filter((part) => !part.startsWith(':')).length;

/**
 * Which methods a path takes, over all routes: for 404, 405 and redirects. HEAD stands beside every GET. Of the templates
 * that a path fits those with the most literal segments count: `latest` is no message's id.
 */
export class RouteTable {
  readonly #patterns: { pattern: RegExp; literals: number; methods: string[] }[];

  constructor(routes: readonly Route[]) {
    const byPath = Map.groupBy(routes, ({ path }) => path);
    this.#patterns = [...byPath].map(([path, served]) => ({
      pattern: patternOf(path),
      literals: literals(path),
      methods: served.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    }));
  }

  /** Empty for a path that nothing serves. */
  methodsOf(path: string): string[] {
    const fitting = this.#patterns.filter(({ pattern }) => pattern.test(path));
    const most = Math.max(...fitting.map((one) => one.literals));
    const methods = fitting.filter((one) => one.literals === most).flatMap((one) => one.methods);
    return [...new Set(methods)];
  }
}
