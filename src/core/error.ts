/** Every error code of the API with its HTTP status; the one table that answers, documents and tests are made from. */
export const ERROR_STATUS = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  INVALID_TOKEN: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  ASSET_NOT_FOUND: 404,
  VERSION_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  DUPLICATE_ASSET: 409,
  DUPLICATE_VERSION: 409,
  RESOLUTION_CONFLICT: 409,
  RECALLED: 410,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  VALIDATION_ERROR: 422,
  POLICY_VIOLATION: 422,
  QUOTA_EXCEEDED: 422,
  RATE_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  INSUFFICIENT_STORAGE: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One refused field of a VALIDATION_ERROR: `field` names the input as the caller wrote it. */
export interface FieldProblem {
  field: string;
  message: string;
}

/**
 * A failure that the caller may read: `message` says what happened and what to do, and never holds internals.
 * Anything thrown that is not an AppError is answered as INTERNAL_ERROR and logged.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

export const notFound = (what = "page"): AppError =>
  new AppError("NOT_FOUND", `There is no such ${what}, or you may not see it.`);
export const assetNotFound = (ref: string): AppError =>
  new AppError("ASSET_NOT_FOUND", `There is no asset ${ref}, or you may not see it.`);
export const versionNotFound = (ref: string): AppError =>
  new AppError("VERSION_NOT_FOUND", `There is no version ${ref}, or you may not see it.`);
export const unauthorized = (message = "Sign in, or send an access token or API key."): AppError =>
  new AppError("UNAUTHORIZED", message, { headers: { "WWW-Authenticate": "Bearer" } });
export const forbidden = (message = "Your account or token is not allowed to do this."): AppError =>
  new AppError("FORBIDDEN", message);
export const invalidRequest = (message: string, details?: Record<string, unknown>): AppError =>
  new AppError("INVALID_REQUEST", message, { details });
export const validationError = (...fields: FieldProblem[]): AppError =>
  new AppError("VALIDATION_ERROR", fields.map((f) => `${f.field}: ${f.message}`).join(" "), { details: { fields } });
export const conflict = (message: string): AppError => new AppError("CONFLICT", message);
