import { expect } from '@jest/globals';
import type { Answer } from '#test/http/support/http.ts';

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  error: string;
  requestId: string;
  errors?: { field: string; reason: string }[];
}

/** Expects an error of this status and code, in the one shape that all have; for 422 of validation, of this field. */
export function expectProblem(answer: Answer, status: number, code: string, field?: string): Problem {
  const problem = answer.json<Problem>();
  expect(problem).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(problem.type).toBe(`/docs/errors#${code}`);
  expect(problem.title.length).toBeGreaterThan(0);
  expect(typeof problem.detail).toBe('string');
  expect(problem.detail.length).toBeGreaterThan(0);
  expect(problem.error).toBe(problem.detail);
  expect(problem.requestId).toBe(answer.headers['x-request-id']);
  expect('retry-after' in answer.headers).toBe(status >= 500 || status === 429);
  if (code === 'validation_failed') {
    expect(problem.errors!.length).toBeGreaterThan(0);
    for (const { reason } of problem.errors!) expect(reason.length).toBeGreaterThan(0);
  }
  if (field !== undefined) {
    expect(problem.errors!.map((one) => one.field)).toContain(field);
    expect(problem.detail).toContain(field);
  }
  return problem;
}
