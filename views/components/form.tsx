import type { Children } from "@kitajs/html";
import type { FormState } from "../layout/page.ts";
import { attr } from "./format.ts";

/** The hidden field every POST form carries. */
export const Csrf = (props: { token: string }): JSX.Element => (
  <input type="hidden" name="csrf_token" value={attr(props.token)} />
);

interface FieldProps {
  form: FormState;
  name: string;
  label: string;
  hint?: string;
  type?: "text" | "password" | "email" | "url" | "number" | "datetime-local";
  required?: boolean;
  autocomplete?: string;
  maxlength?: number;
  minlength?: number;
  pattern?: string;
  placeholder?: string;
  autofocus?: boolean;
  spellcheck?: boolean;
  /** The first value, when the form has not been sent yet. */
  value?: string;
  mono?: boolean;
}

const problemOf = (form: FormState, name: string): string | null =>
  form.problems
    .filter((p) => p.field === name)
    .map((p) => p.message)
    .join(" ") || null;
const idOf = (name: string): string => `field-${name}`;
const describedBy = (name: string, hint: string | undefined, problem: string | null): string | undefined =>
  [problem === null ? "" : `${idOf(name)}-problem`, hint ? `${idOf(name)}-hint` : ""].filter(Boolean).join(" ") ||
  undefined;

/** Label above, hint below, the problem in words beside the field it belongs to. */
export function Field(props: FieldProps): JSX.Element {
  const problem = problemOf(props.form, props.name);
  const secret = props.type === "password";
  return (
    <Framed name={props.name} label={props.label} hint={props.hint} problem={problem} optional={!props.required}>
      <input
        class={props.mono ? "mono" : undefined}
        id={idOf(props.name)}
        name={props.name}
        type={props.type ?? "text"}
        value={secret ? undefined : attr(props.form.values[props.name] ?? props.value ?? "")}
        required={props.required ?? false}
        autocomplete={props.autocomplete}
        maxlength={props.maxlength}
        minlength={props.minlength}
        pattern={props.pattern}
        placeholder={props.placeholder === undefined ? undefined : attr(props.placeholder)}
        autofocus={props.autofocus ?? false}
        spellcheck={props.spellcheck === false ? "false" : undefined}
        aria-invalid={problem === null ? undefined : "true"}
        aria-describedby={describedBy(props.name, props.hint, problem)}
      />
    </Framed>
  );
}

export function TextArea(props: FieldProps & { rows?: number }): JSX.Element {
  const problem = problemOf(props.form, props.name);
  return (
    <Framed name={props.name} label={props.label} hint={props.hint} problem={problem} optional={!props.required}>
      <textarea
        class={props.mono ? "mono" : undefined}
        id={idOf(props.name)}
        name={props.name}
        rows={String(props.rows ?? 4)}
        required={props.required ?? false}
        maxlength={props.maxlength}
        placeholder={props.placeholder === undefined ? undefined : attr(props.placeholder)}
        aria-invalid={problem === null ? undefined : "true"}
        aria-describedby={describedBy(props.name, props.hint, problem)}
        safe
      >
        {`\n${props.form.values[props.name] ?? props.value ?? ""}`}
      </textarea>
    </Framed>
  );
}

export interface Choice {
  value: string;
  label: string;
}

export function Select(props: FieldProps & { choices: Choice[] }): JSX.Element {
  const problem = problemOf(props.form, props.name);
  const chosen = props.form.values[props.name] ?? props.value;
  return (
    <Framed name={props.name} label={props.label} hint={props.hint} problem={problem} optional={false}>
      <select
        id={idOf(props.name)}
        name={props.name}
        aria-invalid={problem === null ? undefined : "true"}
        aria-describedby={describedBy(props.name, props.hint, problem)}
      >
        {props.choices.map((choice) => (
          <option value={attr(choice.value)} selected={choice.value === chosen} safe>
            {choice.label}
          </option>
        ))}
      </select>
    </Framed>
  );
}

function Framed(props: {
  name: string;
  label: string;
  hint: string | undefined;
  problem: string | null;
  optional: boolean;
  children?: Children;
}): JSX.Element {
  return (
    <div class={props.problem === null ? "field" : "field field-wrong"}>
      <label for={idOf(props.name)}>
        <span safe>{props.label}</span>
        {props.optional ? <span class="field-optional">optional</span> : null}
      </label>
      {props.children as "safe"}
      {props.problem === null ? null : (
        <p class="field-problem" id={`${idOf(props.name)}-problem`} safe>
          {props.problem}
        </p>
      )}
      {props.hint ? (
        <p class="field-hint" id={`${idOf(props.name)}-hint`} safe>
          {props.hint}
        </p>
      ) : null}
    </div>
  );
}

/** What is wrong with the form as a whole, read out at once. */
export function FormProblem(props: { form: FormState }): JSX.Element {
  const lost = props.form.problems.filter((p) => p.field === "");
  const text = [props.form.message ?? "", ...lost.map((p) => p.message)].filter(Boolean).join(" ");
  if (text === "")
    return props.form.problems.length > 0 ? (
      <p class="form-problem" role="alert">
        Look at the marked fields.
      </p>
    ) : (
      ""
    );
  return (
    <p class="form-problem" role="alert" safe>
      {text}
    </p>
  );
}
