/**
 * Every error a caller can get, with its stable code, HTTP status and default text. `retryAfter` (seconds) is sent as
 * `Retry-After`; a code without it says nothing about trying again.
 */
export const ERRORS = {
  bad_request: { status: 400, detail: 'Bad request' },
  new_text_required: { status: 400, detail: 'newText required' },
  push_not_configured: { status: 400, detail: 'VAPID keys not configured' },
  user_id_required: { status: 400, detail: 'user.userId required' },
  password_weak: { status: 400, detail: 'password too weak (need mix of cases, digits or symbols)' },
  credentials_required: { status: 400, detail: 'username and password required' },
  filter_owner_required: { status: 400, detail: 'user_id required' },
  migration_invalid: { status: 400, detail: 'invalid migration input' },
  username_required: { status: 400, detail: 'username required' },
  idempotency_key_invalid: { status: 400, detail: 'Idempotency-Key must be 1 to 200 printable ASCII characters' },
  idempotency_author_required: { status: 400, detail: 'Idempotency-Key needs an author: send userId or username' },
  dating_field_invalid: { status: 400, detail: 'age must be a number' },
  like_invalid: { status: 400, detail: 'invalid like input' },
  photo_url_required: { status: 400, detail: 'username and url required' },
  cursor_invalid: { status: 400, detail: 'since is not a cursor of this service' },
  prefix_required: { status: 400, detail: 'prefix required' },
  cors_origin_refused: { status: 400, detail: 'Origin not allowed' },
  token_required: { status: 401, detail: 'missing bearer token' },
  token_invalid: { status: 401, detail: 'invalid token' },
  credentials_invalid: { status: 401, detail: 'invalid credentials' },
  unauthorized: { status: 401, detail: 'This needs the token of a user or the key of a service' },
  forbidden: { status: 403, detail: 'The token does not allow this: its user may act only for himself' },
  not_found: { status: 404, detail: 'Not Found' },
  group_not_found: { status: 404, detail: 'Group not found' },
  room_not_found: { status: 404, detail: 'Not Found' },
  message_not_found: { status: 404, detail: 'Message not found' },
  user_not_found: { status: 404, detail: 'user not found' },
  profile_not_found: { status: 404, detail: 'not found' },
  dating_profile_not_found: { status: 404, detail: 'Profile not found' },
  method_not_allowed: { status: 405, detail: 'Method Not Allowed' },
  request_timeout: { status: 408, detail: 'The request did not arrive in time' },
  username_taken: { status: 409, detail: 'username already taken' },
  names_full: { status: 409, detail: 'A user can have had 50 names at most' },
  message_deleted: { status: 409, detail: 'The message is deleted and cannot be edited' },
  body_too_large: { status: 413, detail: 'The JSON body is over 2 MiB' },
  media_too_large: { status: 413, detail: 'media and audio together are over 16 KiB' },
  upload_too_large: { status: 413, detail: 'Media too large.' },
  image_too_large: { status: 413, detail: 'The image has over 50 million pixels' },
  media_type_unsupported: { status: 415, detail: 'Files of this type are not taken' },
  filters_full: { status: 413, detail: 'The user already has 1000 message filters' },
  reactions_full: { status: 413, detail: 'The message already has 2000 reactions' },
  range_not_satisfiable: { status: 416, detail: 'The file has no such range' },
  file_broken: { status: 422, detail: 'The file is damaged or incomplete' },
  validation_failed: { status: 422, detail: 'The request is not valid' },
  idempotency_key_reused: { status: 422, detail: 'This Idempotency-Key was used for another body' },
  rate_limited: { status: 429, detail: 'rate limit exceeded', retryAfter: 60 },
  internal: { status: 500, detail: 'Internal error' },
  overloaded: { status: 503, detail: 'Too many requests are waiting; nothing was stored', retryAfter: 1 },
  not_stored: { status: 503, detail: 'The write could not be made in time; nothing was stored', retryAfter: 1 },
  outcome_unknown: { status: 503, detail: 'The write was sent but its outcome is not known', retryAfter: 1 },
  database_unavailable: { status: 503, detail: 'The database does not answer', retryAfter: 1 },
  service_unavailable: { status: 503, detail: 'The service is not available', retryAfter: 1 },
  media_store_failed: { status: 503, detail: 'The file could not be kept; nothing of it was', retryAfter: 5 },
  shutting_down: { status: 503, detail: 'The server is stopping', retryAfter: 1 },
  service_timeout: { status: 504, detail: 'The service did not answer in time', retryAfter: 1 },
} as const satisfies Record<string, { status: number; detail: string; retryAfter?: number }>;

export type ErrorCode = keyof typeof ERRORS;

/** What is wrong with one field of a request: `field` is a path such as `user.userId`. */
export interface FieldError {
  field: string;
  reason: string;
}

/**
 * An error meant for the caller. `code` (HTTP status), `type` (stable code) and `data` are the names Moleculer carries
 * across the transport, so it arrives whole without this module knowing Moleculer.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly type: ErrorCode;
  readonly code: number;
  readonly data: { errors?: FieldError[]; retryAfter?: number };
  readonly retryable = false;

  /** `retryAfter`: seconds, where this one is known better than by its code. */
  constructor(
    type: ErrorCode,
    detail?: string,
    options: { cause?: unknown; errors?: FieldError[]; retryAfter?: number } = {},
  ) {
    super(detail ?? ERRORS[type].detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.code = ERRORS[type].status;
    const { errors, retryAfter } = options;
    this.data = { ...(errors && { errors }), ...(retryAfter !== undefined && { retryAfter }) };
  }
}

/** A refused field: 422 with the field named in `errors` and in `detail`. */
export function invalid(field: string, reason: string): Fault {
  return new Fault('validation_failed', `${field}: ${reason}`, { errors: [{ field, reason }] });
}

/** True for a Fault made here or rebuilt from the wire (where the class is lost, the fields are not). */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' && error.type in ERRORS;
}
