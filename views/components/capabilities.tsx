import { CAPABILITY_KINDS, CAPABILITY_TEXT, type Capability } from "../../src/core/capability.ts";
import { attr } from "./format.ts";

/** What a version can do, by kind: each value with the place that says so. `hrefOf` gives a file's place in the file view. */
export function Capabilities(props: { facts: readonly Capability[]; hrefOf: (path: string) => string }): JSX.Element {
  const kinds = CAPABILITY_KINDS.map((kind) => ({ kind, facts: props.facts.filter((fact) => fact.kind === kind) }));
  return (
    <div class="abilities">
      {kinds
        .filter(({ facts }) => facts.length > 0)
        .map(({ kind, facts }) => (
          <details class="ability" open={facts.length <= 12}>
            <summary>
              <h3 safe>{CAPABILITY_TEXT[kind].title}</h3>
              <span class="quiet">{facts.length}</span>
            </summary>
            <ul class="plain-list">
              {facts.map((fact) => (
                <li>
                  <code safe>{fact.value}</code>
                  <CapabilityPlace fact={fact} hrefOf={props.hrefOf} />
                </li>
              ))}
            </ul>
          </details>
        ))}
    </div>
  );
}

function CapabilityPlace(props: { fact: Capability; hrefOf: (path: string) => string }): JSX.Element {
  const { path, line } = props.fact;
  if (path === null) return "";
  return (
    <a class="mono ability-place" href={attr(props.hrefOf(path) + (line === null ? "" : `#L${line}`))} safe>
      {line === null ? path : `${path}:${line}`}
    </a>
  );
}
