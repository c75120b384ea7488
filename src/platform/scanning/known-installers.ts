/** Hosts from which makers of well-known tools have their installers fetched; anybody may look at these, and many do. */
const HOSTS = `
  chocolatey.org community.chocolatey.org get.scoop.sh bun.sh bun.com sh.rustup.rs get.docker.com astral.sh deno.land
  get.pnpm.io fnm.vercel.app get.helm.sh sdk.cloud.google.com cli.github.com fly.io get.k3s.io install.python-poetry.org
  mise.run mise.jdx.dev get.sdkman.io ollama.com ollama.ai claude.ai cursor.com www.npmjs.com deb.nodesource.com
  rpm.nodesource.com install.meteor.com foundry.paradigm.xyz release.solana.com release.anza.xyz cli.doppler.com
  packages.microsoft.com aka.ms dl.google.com nixos.org install.determinate.systems tailscale.com starship.rs
  just.systems pyenv.run openclaw.ai molt.bot clawd.bot get.volta.sh get.rvm.io dot.net dotnet.microsoft.com
  sh.rustup.rs get-ghcup.haskell.org install.julialang.org micro.mamba.pm pixi.sh get.rke2.io run.linkerd.io
  istio.io raw.githubusercontent.com get.pulumi.com cli.new turso.tech get.tur.so get.trunk.io setup.atuin.sh zed.dev
  opencode.ai coder.com cli-assets.heroku.com install.duckdb.org clickhouse.com install.meilisearch.com
  install.surrealdb.com get.netdata.cloud my-netdata.io sh.vector.dev install.pi-hole.net packages.gitlab.com
  wasmtime.dev get.wasmer.io sentry.io goteleport.com ohmyposh.dev get.chezmoi.io get.jetpack.io dl.dagger.io
  get.okteto.com get.garden.io sh.jbang.dev d2lang.com raw.github.com get.tuist.io install.goreleaser.com
  get.acme.sh fishtown.sh install.lix.systems get.sidekick.dev gh.io apt.llvm.org download.docker.com brew.sh
  get.influxdata.com repo.anaconda.com get.nextflow.io get.haskellstack.org dl.yarnpkg.com cdn.jsdelivr.net
`;
// Of what anybody may put there, only these owners' installers are known.
const OWNERS =
  "Homebrew nvm-sh helm anchore aquasecurity ohmyzsh pyenv asdf-vm golangci rancher k3d-io derailed jesseduffield junegunn rbenv tj zsh-users romkatv rustwasm cargo-bins wasmerio ajeetdsouza fluxcd kubernetes-sigs argoproj dapr buildpacks infracost terraform-linters open-policy-agent goreleaser evilmartians sigstore".split(
    " ",
  );

const ANY_OWNER = new Set(["raw.githubusercontent.com", "raw.github.com", "cdn.jsdelivr.net"]);
const hosts = HOSTS.split(/\s+/).filter((host) => host !== "" && !ANY_OWNER.has(host));
const installerHosts = new Set(hosts);
/** A host from which the maker of a well-known tool has it installed. */
export const isInstallerHost = (host: string): boolean => installerHosts.has(host);
const escaped = (words: readonly string[]): string => words.map((word) => word.replaceAll(".", "\\.")).join("|");

/** At the start of a stretch: its first address is the installer of a well-known tool at its own maker's host, over https. */
export const KNOWN_INSTALLERS = new RegExp(
  `^(?:(?!https?:)[\\s\\S]){0,200}https:\\/\\/(?:${escaped(hosts)}|raw\\.githubusercontent\\.com\\/(?:${escaped(OWNERS)}))(?=[/\\s"'\`)|:]|$)`,
  "i",
);
