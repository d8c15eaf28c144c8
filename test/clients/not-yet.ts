/** A call that the clients in the field make and that nothing serves yet. */
export interface NotYet {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api`; `:name` stands for one segment. */
  path: string;
  /** What the clients send along. */
  query?: string;
  body?: unknown;
}

/** Whoever serves one of these takes it off: the tests fail as long as it stands here. In the end the list is empty. */
export const NOT_YET: readonly NotYet[] = [];

const samePath = (template: string, path: string): boolean => {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, n) => part.startsWith(':') || part === given[n]);
};

/** True while nothing serves this call; `path` is below `/api`, with or without a query. */
export function isNotYet(method: string, path: string): boolean {
  const [bare] = path.split('?');
  return NOT_YET.some((one) => one.method === method && samePath(one.path, bare!));
}

/** The call's path with names in place of parameters, and its query. */
export const examplePath = ({ path, query }: NotYet): string =>
  path.replaceAll(/:\w+/g, 'u_1_0123abcd') + (query ? `?${query}` : '');
