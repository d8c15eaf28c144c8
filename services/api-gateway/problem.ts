import { ERRORS, Fault, invalid, isFault, type ErrorCode, type FieldError } from '#shared/errors.ts';

/** An error answer (RFC 9457). `error` repeats `detail` for clients that read that name. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldError[];
  error: string;
  requestId: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Fields named in `detail`; the rest stands in `errors`. */
const NAMED = 3;

/** What Moleculer says of a call that did not end with an answer of the action. */
const TRANSPORT: Readonly<Record<string, ErrorCode>> = {
  SERVICE_NOT_FOUND: 'service_unavailable',
  SERVICE_NOT_AVAILABLE: 'service_unavailable',
  BAD_GATEWAY: 'service_unavailable',
  REQUEST_REJECTED: 'service_unavailable',
  REQUEST_SKIPPED: 'service_timeout',
  QUEUE_FULL: 'overloaded',
  REQUEST_TIMEOUT: 'service_timeout',
};

/** The stable type of an error, Moleculer's own included; '' where it has none. */
export const typeOf = (error: unknown): string =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';

interface ValidatorError {
  field?: unknown;
  message?: unknown;
}

/** Moleculer's validation error: its list of fields, in words without the validator's "The 'x' field". */
function validationFault(error: Error): Fault {
  const data = 'data' in error && Array.isArray(error.data) ? (error.data as ValidatorError[]) : [];
  const errors = data.map((one): FieldError => {
    const field = String(one.field ?? 'request');
    const reason = String(one.message ?? 'is not valid')
      .replace(`The '${field}' field `, '')
      .replace(/\.$/, '');
    return { field, reason: reason.slice(0, 200) };
  });
  const [only] = errors;
  if (!only) return new Fault('validation_failed', undefined, { cause: error });
  if (errors.length === 1) return invalid(only.field, only.reason);
  const named = errors.slice(0, NAMED).map(({ field, reason }) => `${field}: ${reason}`);
  const more = errors.length > NAMED ? ` (and ${errors.length - NAMED} more)` : '';
  return new Fault('validation_failed', named.join('; ') + more, { cause: error, errors });
}

/** Any error as what the caller may be told; what is not meant for callers becomes `internal`, its cause kept for the log. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const type = typeOf(error);
  if (type === 'VALIDATION_ERROR') return validationFault(error as Error);
  return new Fault(TRANSPORT[type] ?? 'internal', undefined, { cause: error });
}

/** The page that explains a code, as a reference relative to the server. */
export const problemUri = (code: ErrorCode): string => `/docs/errors#${code}`;

export function problemOf(fault: Fault, requestId: string): Problem {
  return {
    type: problemUri(fault.type),
    title: ERRORS[fault.type].detail,
    status: ERRORS[fault.type].status,
    detail: fault.message,
    code: fault.type,
    ...(fault.data?.errors ? { errors: fault.data.errors } : {}),
    error: fault.message,
    requestId,
  };
}

/** Seconds for `Retry-After`, where the code says that trying again may help. */
export function retryAfterOf(code: ErrorCode): number | undefined {
  const entry = ERRORS[code];
  return 'retryAfter' in entry ? entry.retryAfter : undefined;
}
