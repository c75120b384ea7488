import { attr } from "./format.ts";
import { Copy } from "./small.tsx";

export const INSTALL_CLIENTS = ["cli", "curl", "claude-code", "skills", "hf", "vscode"] as const;
export type InstallClient = (typeof INSTALL_CLIENTS)[number];

/** The line for one client. */
export interface InstallLine {
  client: InstallClient;
  label: string;
  command: string;
}

/** The lines for each client behind tabs; radio buttons, so it works without a script, which only remembers the choice. */
export function Install(props: { lines: InstallLine[] }): JSX.Element {
  const { lines } = props;
  return (
    <div class="install" data-remember="client">
      {lines.length > 1 ? (
        <fieldset class="tabs-small">
          <legend class="hidden-visually">Install with</legend>
          {lines.map((line, i) => (
            <label>
              <input type="radio" name="install-client" value={attr(line.client)} checked={i === 0} />
              <span safe>{line.label}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
      {lines.map((line) => (
        <div class="command" data-panel={attr(line.client)}>
          <pre tabindex="0" aria-label={attr(`Install with ${line.label}`)}>
            <code safe>{line.command}</code>
          </pre>
          <Copy text={line.command} label={`Copy the ${line.label} command`} />
        </div>
      ))}
    </div>
  );
}

/** One command with a copy button. */
export function Command(props: { text: string; label: string }): JSX.Element {
  return (
    <div class="command">
      <pre tabindex="0" aria-label={attr(props.label)}>
        <code safe>{props.text}</code>
      </pre>
      <Copy text={props.text} label={`Copy: ${props.label}`} />
    </div>
  );
}
