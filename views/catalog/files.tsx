import type { VersionFile } from "../../src/modules/catalog/version.ts";
import { Code } from "../components/code.tsx";
import { attr, bytes, counted } from "../components/format.ts";
import { FileTree } from "../components/file-tree.tsx";
import { Icon } from "../components/icon.tsx";
import { DigestText, Empty } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { fileUrl, filesUrl, rawFileUrl } from "../urls.ts";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";
import { Downloads, FrontMatter } from "./overview.tsx";

export interface AssetFilesProps {
  page: PageProps;
  frame: AssetFrame;
  files: VersionFile[];
}

/** Every file of a version, as a tree. */
export function AssetFilesPage(props: AssetFilesProps): JSX.Element {
  const { frame, files } = props;
  const version = frame.version?.version ?? "";
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <AssetLayout page={props.page} frame={frame} tab="files" title="Files">
      <div class="section-head">
        <p safe>{`${counted(files.length, "file")}, ${bytes(total)}`}</p>
        <Downloads asset={frame.asset} version={version} />
      </div>
      {files.length === 0 ? (
        <Empty title="This version has no files" />
      ) : (
        <FileTree files={files} hrefOf={(path) => fileUrl(frame.asset, version, path)} />
      )}
    </AssetLayout>
  );
}

/** What can be shown of a file: text cut at some length, rendered markdown, an image of the version itself, or nothing. */
export type FileContent =
  | { kind: "text"; text: string; truncated: boolean }
  | { kind: "markdown"; html: string; frontMatter: [key: string, value: string][]; text: string; truncated: boolean }
  | { kind: "image" }
  | { kind: "binary" };

export interface AssetFileProps {
  page: PageProps;
  frame: AssetFrame;
  file: VersionFile;
  content: FileContent;
  /** Ask for the source of a markdown file: `?view=source`. */
  source: boolean;
}

/** One file: a preview, its facts, and the raw bytes. */
export function AssetFilePage(props: AssetFileProps): JSX.Element {
  const { frame, file, content } = props;
  const version = frame.version?.version ?? "";
  const here = fileUrl(frame.asset, version, file.path);
  return (
    <AssetLayout page={props.page} frame={frame} tab="files" title={file.path}>
      <nav class="crumbs" aria-label="Path">
        <a href={attr(filesUrl(frame.asset, version))}>Files</a>
        <span class="mono" safe>
          {file.path}
        </span>
      </nav>
      <div class="file-head">
        <ul class="facts">
          <li safe>{bytes(file.size)}</li>
          <li safe>{file.mediaType}</li>
          {file.executable ? <li>executable</li> : null}
          <li>
            <DigestText digest={file.digest} />
          </li>
        </ul>
        <p class="side-downloads">
          {content.kind === "markdown" ? (
            <a href={attr(props.source ? here : `${here}?view=source`)}>{props.source ? "Rendered" : "Source"}</a>
          ) : null}
          <a href={attr(rawFileUrl(frame.asset, version, file.path))} download="">
            <Icon name="download" /> Raw
          </a>
        </p>
      </div>
      <Preview {...props} raw={rawFileUrl(frame.asset, version, file.path)} />
    </AssetLayout>
  );
}

function Preview(props: AssetFileProps & { raw: string }): JSX.Element {
  const { content, file } = props;
  const rest = "truncated" in content && content.truncated;
  return (
    <>
      {content.kind === "text" || (content.kind === "markdown" && props.source) ? (
        <Code text={content.text} label={file.path} />
      ) : null}
      {content.kind === "markdown" && !props.source ? (
        <>
          {content.frontMatter.length === 0 ? null : <FrontMatter entries={content.frontMatter} />}
          <div class="prose" hx-ignore="true">
            {content.html as "safe"}
          </div>
        </>
      ) : null}
      {content.kind === "image" ? <img class="preview-image" src={attr(props.raw)} alt={attr(file.path)} /> : null}
      {content.kind === "binary" ? (
        <Empty title="This file is not text">It can be downloaded; its digest above names its bytes.</Empty>
      ) : null}
      {rest ? <p class="quiet">The preview ends here; the raw file has the rest.</p> : null}
    </>
  );
}
