import { attr } from "../components/format.ts";
import { Empty } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { type ApiField, type ApiOperation, groupsOf } from "./openapi.ts";

/** The REST API, drawn from the server's own OpenAPI document: no script, nothing from elsewhere. */
export function ApiDocsPage(props: { page: PageProps; document: unknown; origin: string }): JSX.Element {
  const groups = groupsOf(props.document);
  return (
    <Layout page={props.page} title="API">
      <div class="docs">
        <nav class="side-nav" aria-label="Groups">
          {groups.map((group) => (
            <a href={attr(`#group-${anchor(group.name)}`)} safe>
              {group.name}
            </a>
          ))}
        </nav>
        <article class="docs-main">
          <h1>API</h1>
          <p class="lede">
            JSON in, JSON out, under <code safe>{`${props.origin}/api/v1`}</code>. The same document for machines:{" "}
            <a href="/openapi.json">openapi.json</a>.
          </p>
          <p>
            Send <code>Authorization: Bearer …</code> with an access token or an API key from your{" "}
            <a href="/settings/api-keys">settings</a>. Errors carry a code, a message and the request id.
          </p>
          {groups.length === 0 ? <Empty title="The document names no routes" /> : null}
          {groups.map((group) => (
            <section id={attr(`group-${anchor(group.name)}`)} class="api-group">
              <h2 safe>{group.name}</h2>
              {group.operations.map((operation) => (
                <Operation operation={operation} />
              ))}
            </section>
          ))}
        </article>
      </div>
    </Layout>
  );
}

const anchor = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

function Operation(props: { operation: ApiOperation }): JSX.Element {
  const { operation } = props;
  return (
    <details class="api-operation" id={attr(operation.id)}>
      <summary>
        <span class="api-method" safe>
          {operation.method}
        </span>
        <code safe>{operation.path}</code>
        <span class="quiet" safe>
          {operation.summary}
        </span>
      </summary>
      {operation.description === "" ? null : <p safe>{operation.description}</p>}
      <Fields
        title="Parameters"
        fields={operation.parameters.map((p) => ({ ...p, name: p.place === "query" ? `?${p.name}` : p.name }))}
      />
      {operation.body === null ? null : (
        <Fields title={`Body: ${operation.body.mediaType}`} fields={operation.body.fields} />
      )}
      {operation.responses.length === 0 ? null : (
        <dl class="about">
          {operation.responses.map((response) => (
            <>
              <dt class="mono" safe>
                {response.status}
              </dt>
              <dd safe>{response.description}</dd>
            </>
          ))}
        </dl>
      )}
    </details>
  );
}

function Fields(props: { title: string; fields: ApiField[] }): JSX.Element {
  if (props.fields.length === 0) return "";
  return (
    <table class="table">
      <caption safe>{props.title}</caption>
      <tbody>
        {props.fields.map((field) => (
          <tr>
            <th scope="row" class="mono" safe>
              {field.name}
            </th>
            <td class="mono" safe>
              {field.type}
            </td>
            <td safe>{[field.required ? "Required." : "", field.description].filter(Boolean).join(" ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
