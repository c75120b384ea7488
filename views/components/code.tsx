import { attr } from "./format.ts";

/** Numbered lines that can be linked to (`#L12`); at most `limit` of them. */
export function Code(props: { text: string; label: string; limit?: number }): JSX.Element {
  const lines = props.text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  const shown = lines.slice(0, props.limit ?? 5_000);
  return (
    <pre class="code" tabindex="0" aria-label={attr(props.label)}>
      <code>
        {shown.map((line, i) => (
          <span class="line" id={`L${i + 1}`} safe>
            {`${line}\n`}
          </span>
        ))}
      </code>
    </pre>
  );
}
