import type { VersionFile } from "../../src/modules/catalog/version.ts";
import { attr, bytes } from "./format.ts";
import { Icon } from "./icon.tsx";
import { Badge, DigestText } from "./small.tsx";

interface Folder {
  name: string;
  folders: Map<string, Folder>;
  files: { name: string; file: VersionFile }[];
}

const emptyFolder = (name: string): Folder => ({ name, folders: new Map(), files: [] });

function treeOf(files: readonly VersionFile[]): Folder {
  const root = emptyFolder("");
  for (const file of files) {
    const parts = file.path.split("/");
    const name = parts.pop() ?? file.path;
    let folder = root;
    for (const part of parts) {
      let next = folder.folders.get(part);
      if (next === undefined) {
        next = emptyFolder(part);
        folder.folders.set(part, next);
      }
      folder = next;
    }
    folder.files.push({ name, file });
  }
  return root;
}

/** Folders that open in place, then files with size and digest; at most the first `limit` files are drawn. */
export function FileTree(props: {
  files: readonly VersionFile[];
  hrefOf: (path: string) => string;
  limit?: number;
}): JSX.Element {
  const limit = props.limit ?? 2_000;
  return (
    <div class="tree">
      <Level folder={treeOf(props.files.slice(0, limit))} hrefOf={props.hrefOf} depth={0} />
      {props.files.length > limit ? (
        <p class="quiet" safe>{`${props.files.length - limit} more files are in the archive.`}</p>
      ) : null}
    </div>
  );
}

function Level(props: { folder: Folder; hrefOf: (path: string) => string; depth: number }): JSX.Element {
  return (
    <ul>
      {[...props.folder.folders.values()].map((folder) => (
        <li>
          <details open={props.depth < 2}>
            <summary>
              <Icon name="folder" />
              <span class="mono" safe>{`${folder.name}/`}</span>
            </summary>
            <Level folder={folder} hrefOf={props.hrefOf} depth={props.depth + 1} />
          </details>
        </li>
      ))}
      {props.folder.files.map(({ name, file }) => (
        <li class="tree-file">
          <Icon name="file" />
          <a class="mono" href={attr(props.hrefOf(file.path))} safe>
            {name}
          </a>
          {file.executable ? <Badge text="executable" /> : null}
          <DigestText digest={file.digest} />
          <span class="tree-size" safe>
            {bytes(file.size)}
          </span>
        </li>
      ))}
    </ul>
  );
}
