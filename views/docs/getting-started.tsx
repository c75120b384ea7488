import { Command } from "../components/install.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";

/** How to find, install, publish and sign, with this server's own address in the commands. `origin` has no slash at its end. */
export function GettingStartedPage(props: { page: PageProps; origin: string }): JSX.Element {
  const { page, origin } = props;
  return (
    <Layout page={page} title="Getting started">
      <div class="docs">
        <nav class="side-nav" aria-label="On this page">
          <a href="#connect">Connect</a>
          <a href="#install">Install</a>
          <a href="#publish">Publish</a>
          <a href="#sign">Sign</a>
          <a href="#trust">What the marks mean</a>
          <a href="/docs/api">The API</a>
        </nav>
        <article class="docs-main">
          <h1>Getting started</h1>
          <p class="lede">Everything here works from a terminal, from CI and from this site.</p>
          <section id="connect">
            <h2>Connect</h2>
            <p>Tell the command line where this server is. Reading what is public needs no account.</p>
            <Command text={`export MARKETPLACE_URL=${origin}`} label="Name the server" />
            <Command text="marketplace login" label="Sign in" />
          </section>
          <section id="install">
            <h2>Install</h2>
            <p>
              An asset is named <code>namespace/name</code>. Without a version you get the latest release; the lockfile
              remembers its digest, and every later install checks it.
            </p>
            <Command text="marketplace search pdf" label="Search" />
            <Command text="marketplace install acme/pdf-tools --agent claude-code" label="Install for Claude Code" />
            <Command text="marketplace ci" label="Install exactly what the lockfile names" />
          </section>
          <section id="publish">
            <h2>Publish</h2>
            <p>
              Publish the folder as it is: the kind is recognised from <code>SKILL.md</code>,{" "}
              <code>.claude-plugin/plugin.json</code>, <code>server.json</code>, a model card, a prompt file or{" "}
              <code>AGENT.md</code>. A version never changes once it is published.
            </p>
            <Command text="marketplace validate ./my-skill" label="Look before you publish" />
            <Command text="marketplace publish ./my-skill" label="Publish a folder" />
            <p>
              Or drop the folder on the <a href="/publish">publish page</a>.
            </p>
          </section>
          <section id="sign">
            <h2>Sign</h2>
            <p>A signature binds name, version and content to your key. The private half never leaves your machine.</p>
            <Command text="marketplace keys generate && marketplace keys add" label="Make and register a key" />
            <Command text="marketplace publish ./my-skill --sign" label="Publish and sign" />
            <Command text="marketplace verify" label="Check everything that is installed" />
          </section>
          <section id="trust">
            <h2>What the marks mean</h2>
            <dl class="about about-wide">
              <dt>Checked</dt>
              <dd>Every scanner of this server finished, and its policy let the version pass.</dd>
              <dt>Waits for a moderator</dt>
              <dd>A moderator decides. Only its publisher and the moderators see it until then.</dd>
              <dt>Blocked</dt>
              <dd>Refused, with findings that name file, line and remedy. It is served to nobody.</dd>
              <dt>Signed</dt>
              <dd>The publisher's registered key signed exactly this content under this name and version.</dd>
              <dt>Known vulnerabilities</dt>
              <dd>Advisories name it, or a package that it uses.</dd>
              <dt>Recalled</dt>
              <dd>An administrator ordered that it is not used any more. Clients refuse it.</dd>
            </dl>
          </section>
        </article>
      </div>
    </Layout>
  );
}
