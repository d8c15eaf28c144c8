import { describe, expect, it } from '@jest/globals';
import { examplePath, isNotYet, NOT_YET } from '#test/clients/not-yet.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';

const api = useApi();

describe('calls of the clients that nothing serves yet', () => {
  // Not `it.each`: it takes no empty list, and in the end this one is.
  for (const { body, ...one } of NOT_YET)
    it(`${one.method} ${one.path}: take it off the list when this fails`, async () => {
      // The code, not only the status: a route that is served may find nothing.
      const answer = await api.send({ method: one.method, path: `/api${examplePath(one)}`, body });
      expectProblem(answer, 404, 'not_found');
    });

  it('are found by method and path, whatever the parameters', () => {
    for (const one of NOT_YET) expect(isNotYet(one.method, examplePath(one))).toBe(true);
    expect(isNotYet('GET', '/groups')).toBe(false);
    expect(isNotYet('GET', '/users/alice/recordings')).toBe(false);
  });
});
