import type { Kind } from "../../src/core/kind.ts";
import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { localHref } from "../components/format.ts";
import { KindIcon } from "../components/icon.tsx";
import { Badge, Empty } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";

/** One requirement and what it resolves to; `problem` says why it does not. */
export interface DependencyModel {
  /** namespace/slug */
  ref: string;
  range: string;
  optional: boolean;
  /** The version it resolves to now; null when the viewer may not see it or nothing fits. */
  resolved: { version: string; kind: Kind; href: string } | null;
  problem: string | null;
  children: DependencyModel[];
}

export interface AssetDependenciesProps {
  page: PageProps;
  frame: AssetFrame;
  dependencies: DependencyModel[];
  /** Assets whose latest version needs this one. */
  dependents: AssetRowModel[];
}

/** What a version needs, as a tree, and who needs it. */
export function AssetDependenciesPage(props: AssetDependenciesProps): JSX.Element {
  const { page, frame, dependents } = props;
  const { problem, dependencies } = shared(props.dependencies);
  return (
    <AssetLayout page={page} frame={frame} tab="dependencies" title="Dependencies">
      <section>
        <h2>Needs</h2>
        {problem === null ? null : (
          <p class="callout callout-bad">
            <b>It cannot be installed as it is.</b> <span safe>{problem}</span>
          </p>
        )}
        {dependencies.length === 0 ? (
          <Empty title="This version needs no other asset" />
        ) : (
          <div class="tree tree-dependencies">
            <Level nodes={dependencies} depth={0} />
          </div>
        )}
      </section>
      <section>
        <h2>Needed by</h2>
        {dependents.length === 0 ? (
          <Empty title="No other asset you may see needs it" />
        ) : (
          <AssetRows rows={dependents} now={page.now} />
        )}
      </section>
    </AssetLayout>
  );
}

/** What keeps all of them from resolving is said once, above them. */
function shared(dependencies: DependencyModel[]): { problem: string | null; dependencies: DependencyModel[] } {
  const problem = dependencies[0]?.problem ?? null;
  if (problem === null || dependencies.some((d) => d.problem !== problem)) return { problem: null, dependencies };
  return { problem, dependencies: dependencies.map((d) => ({ ...d, problem: null })) };
}

const DEEPEST = 12;

function Level(props: { nodes: DependencyModel[]; depth: number }): JSX.Element {
  return (
    <ul>
      {props.nodes.map((node) => (
        <li>
          <span class="tree-file">
            {node.resolved === null ? null : <KindIcon kind={node.resolved.kind} size={16} />}
            {node.resolved === null ? (
              <span class="mono" safe>
                {node.ref}
              </span>
            ) : (
              <a class="mono" href={localHref(node.resolved.href)} safe>
                {node.ref}
              </a>
            )}
            <span class="mono quiet" safe>
              {node.range}
            </span>
            {node.resolved === null ? null : <span class="mono" safe>{`→ ${node.resolved.version}`}</span>}
            {node.optional ? <Badge text="optional" /> : null}
          </span>
          {node.problem === null ? null : (
            <p class="field-problem" safe>
              {node.problem}
            </p>
          )}
          {node.children.length > 0 && props.depth < DEEPEST ? (
            <Level nodes={node.children} depth={props.depth + 1} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}
