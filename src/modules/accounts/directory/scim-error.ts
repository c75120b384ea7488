import { AppError, type ErrorCode } from "../../../core/error.ts";

const CODES: Record<number, ErrorCode> = {
  400: "INVALID_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
};

/** The detail error keywords of RFC 7644 3.12 that are used here. */
export type ScimType = "invalidFilter" | "invalidPath" | "invalidSyntax" | "invalidValue" | "mutability" | "uniqueness";

/** A refusal in the words of the protocol. */
export const scimRefusal = (status: 400 | 401 | 403 | 404 | 409, message: string, scimType?: ScimType): AppError =>
  new AppError(CODES[status]!, message, { details: scimType ? { scimType } : {} });

/** The body of an error (RFC 7644 3.12). */
export const scimErrorBody = (error: AppError) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
  status: String(error.status),
  ...(typeof error.details["scimType"] === "string" ? { scimType: error.details["scimType"] } : {}),
  detail: error.message,
});
