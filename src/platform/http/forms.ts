import { AppError, type FieldProblem } from "../../core/error.ts";
import { CSRF_FIELD } from "./csrf.ts";

/** The text fields of a form's parsed body; of a repeated one the last counts. The CSRF token is left out. */
export function textFields(body: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  if (typeof body !== "object" || body === null) return fields;
  for (const [name, value] of Object.entries(body)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === "string" && name !== CSRF_FIELD) fields[name] = last;
  }
  return fields;
}

/** A form as it is shown again: what was typed (no passwords) and what is wrong with it. */
export interface RefusedForm {
  values: Record<string, string>;
  problems: FieldProblem[];
  message: string | null;
}

/** A whole page or fragment of HTML. */
export const htmlPage = async (html: unknown, status = 200, headers: Record<string, string> = {}): Promise<Response> =>
  new Response(String(await html), { status, headers: { ...headers, "Content-Type": "text/html;charset=utf-8" } });

const SHOWN_AGAIN = new Set(["VALIDATION_ERROR", "CONFLICT", "UNAUTHORIZED", "RATE_LIMIT_EXCEEDED", "FORBIDDEN"]);

/**
 * Runs what a form asks for (which answers a redirect); when that is refused in a way its sender can mend, answers the form
 * again with what is wrong, under the error's own status. Other failures are thrown on.
 */
export async function answerForm(
  values: Record<string, string>,
  work: () => Promise<Response>,
  again: (form: RefusedForm) => unknown,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const mendable = error instanceof AppError && SHOWN_AGAIN.has(error.code) && !error.details["reauthenticate"];
    if (!mendable) throw error;
    const problems = Array.isArray(error.details["fields"]) ? (error.details["fields"] as FieldProblem[]) : [];
    const typed = Object.fromEntries(Object.entries(values).filter(([name]) => !name.includes("password")));
    const message = problems.length === 0 ? error.message : null;
    const retry = error.headers["Retry-After"];
    const headers = retry === undefined ? undefined : { "Retry-After": retry };
    return htmlPage(again({ values: typed, problems, message }), error.status, headers);
  }
}
