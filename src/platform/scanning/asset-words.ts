import { isInstallerHost } from "./known-installers.ts";

/** What a version says of itself: the names that explain why it talks to a host. */
export interface AssetWords {
  /** Takes in one file: prose of documents, names and homes of manifests. */
  add(path: string, text: string): void;
  /** Whether it says anything of itself at all. */
  tells(): boolean;
  /** `path` is the address's, from its slash on. */
  standingOf(host: string, path: string): HostStanding;
}

/**
 * `local`: this machine, a private network or a placeholder. `known`: a service that everybody knows. `explained`: the
 * version's own words name whose host it is. `unexplained`: nobody who reads the version learns that.
 */
export type HostStanding = "local" | "known" | "explained" | "unexplained";

/** Characters of prose that are kept of one version. */
const WORDS = 256 * 1024;
/** Files in which somebody is told something, in words. */
export const DOCUMENT = /\.(?:mdx?|mdc|markdown|rst|txt|adoc|prompt)$/i;
const MANIFEST = /(?:^|\/)(?:package|plugin|server|manifest|marketplace|agent|pyproject|cargo)\.(?:json|toml)$/i;
const MANIFEST_WORDS =
  /["']?(?:name|displayName|display_name|title|description|author|homepage|repository|url|keywords)["']?\s{0,3}[:=]\s{0,3}["'{[][^\n]{0,400}/gi;
const HOME =
  /["']?(?:homepage|repository|Homepage|Repository)["']?\s{0,3}[:=]\s{0,3}[^\n]{0,80}?https?:\/\/([\w.-]{4,80})/g;
const SHOWS = /https?:\/\/([\w.-]{4,80})/g;
const KEY_OF = /\b([A-Z][A-Z0-9_]{2,30}?)_(?:API_)?(?:KEY|TOKEN|SECRET|API_SECRET)\b/g;
/** What makers add to their names to find a free one. */
const AFFIX = /^(?:get|try|use|go|join|with|hey)|(?:ml|ai|app|hq|io|api|dev|labs|inc|js|py|cloud)$/g;
const COMPANY = /-(?:systems|labs|software|gmbh|solutions|group|studio|inc|it)$/;
const SHOWN_OFTEN = 4;
const FENCED = /^[ \t]{0,8}(?:```|~~~)[^\n]*\n[\s\S]*?(?:^[ \t]{0,8}(?:```|~~~)[ \t]*$|(?![\s\S]))/gm;
const NO_WORDS =
  /(?:https?|wss?):\/\/[^\s"'`)<>\]]{1,300}|`[^`\n]{1,300}`|\b[\w.-]{1,60}@[\w.-]{4,80}|\b(?:[\w-]{1,60}\.){2,5}[a-z]{2,12}\b(?:\/\S{0,200})?/gi;

const LOCAL =
  /^(?:localhost|0\.0\.0\.0|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|host\.docker\.internal|[^.]+)$|\.(?:local|localhost|lan|home|internal|svc|test|cluster)$/i;
const PLACEHOLDER =
  /(?:^|\.)(?:example|domain|company|yourdomain|acme|contoso|foo|bar|foobar|placeholder|server|host|site|website|myapp|mysite|sample|test)\.[a-z]{2,8}$|(?:^|[.-])(?:your|my|some|xxx+|abc|the)-?(?:[a-z]{0,20})[.-]|^(?:api|www|app|cdn|auth)\.example$|(?:^|\.)example\.(?:com|org|net)$/i;
const KNOWN = new RegExp(
  `(?:^|\\.)(?:${`github.com githubusercontent.com gitlab.com bitbucket.org codeberg.org npmjs.org npmjs.com yarnpkg.com
  npmmirror.com pypi.org pythonhosted.org pytorch.org crates.io rubygems.org golang.org go.dev docker.com docker.io ghcr.io quay.io debian.org
  ubuntu.com alpinelinux.org python.org nodejs.org openai.com anthropic.com claude.ai claude.com googleapis.com google.com
  gstatic.com microsoft.com azure.com live.com office.com visualstudio.com windows.net apple.com icloud.com
  cloudflare.com huggingface.co hf.co mistral.ai groq.com cohere.ai cohere.com openrouter.ai perplexity.ai deepseek.com x.ai
  stripe.com paypal.com twilio.com sendgrid.com mailgun.net resend.com sentry.io datadoghq.com posthog.com mixpanel.com
  segment.io honeycomb.io grafana.net newrelic.com atlassian.net atlassian.com notion.com notion.so airtable.com linear.app
  figma.com trello.com asana.com hubapi.com salesforce.com zendesk.com shopify.com dropboxapi.com dropbox.com box.com
  spotify.com youtube.com reddit.com twitter.com x.com linkedin.com facebook.com instagram.com wikipedia.org wikidata.org
  wikimedia.org openstreetmap.org arxiv.org ncbi.nlm.nih.gov w3.org schema.org json-schema.org apache.org mozilla.org jsdelivr.net unpkg.com
  cdnjs.com esm.sh jsr.io deno.land skypack.dev vercel.com netlify.com heroku.com digitalocean.com fly.io render.com
  railway.app supabase.com supabase.co nvidia.com intel.com ibm.com oracle.com alibabacloud.com aliyuncs.com baidu.com tencent.com
  modelcontextprotocol.io openstreetmap.fr httpbin.org k8s.io hc-ping.com weather.com shields.io fury.io nodei.co npmcharts.com stackoverflow.com
  stackexchange.com typescriptlang.org codecov.io travis-ci.org travis-ci.com circleci.com appveyor.com coveralls.io
  opencollective.com badgen.net packagephobia.com bundlephobia.com snyk.io gmail.com outlook.com
  astral.sh chocolatey.org scoop.sh bun.sh rustup.rs rust-lang.org helm.sh brew.sh pnpm.io nodesource.com hashicorp.com
  gradle.org maven.org sonatype.org nuget.org packagist.org r-project.org bioconductor.org conda.io anaconda.org anaconda.com
  jetbrains.com eclipse.org llvm.org gnu.org kernel.org sourceforge.net archlinux.org fedoraproject.org redhat.com
  postman-echo.com jsonplaceholder.typicode.com reqres.in`
    .split(/\s+/)
    .map((host) => host.replaceAll(".", "\\."))
    .join("|")})$|(?:^|\\.)(?:gov|edu|mil|int|europa\\.eu)(?:\\.[a-z]{2})?$|\\.ac\\.[a-z]{2}$`,
  "i",
);
/** Parts of well-known hosts where whoever holds a link receives what is sent. */
const OPEN_TO_ALL =
  /^(?:api\.github\.com\/gists|gist\.github\.com|docs\.google\.com\/forms|script\.google\.com|hooks\.slack\.com)/i;
/** Hosts where everybody can have a name: the first label, or the owner, is the name that counts. */
const SHARED =
  /\.(?:github\.io|gitlab\.io|vercel\.app|netlify\.app|pages\.dev|workers\.dev|onrender\.com|herokuapp\.com|fly\.dev|web\.app|firebaseapp\.com|amazonaws\.com|r2\.dev|core\.windows\.net|azurewebsites\.net|surge\.sh|glitch\.me|repl\.co|replit\.app|hf\.space|run\.app|deno\.dev|ngrok\.io|ngrok\.app|ngrok-free\.app|trycloudflare\.com|up\.railway\.app|supabase\.co|cloudfunctions\.net|lambda-url\.[\w-]+\.on\.aws|on\.aws)$/i;

/** For the test that they run in linear time. */
export const WORD_EXPRESSIONS = [MANIFEST_WORDS, HOME, SHOWS, FENCED, NO_WORDS, KEY_OF];

/** An expression would look for the end of each comment to the end of the text. */
function withoutComments(text: string): string {
  let kept = "";
  let at = 0;
  for (let start = text.indexOf("<!--"); start !== -1; start = text.indexOf("<!--", at)) {
    const end = text.indexOf("-->", start + 4);
    if (end === -1) break;
    kept += `${text.slice(at, start)} `;
    at = end + 3;
  }
  return kept + text.slice(at);
}

/** Empty words; one for each version. */
export function createAssetWords(): AssetWords {
  let prose = "";
  let squeezed: string | null = null;
  const homes = new Set<string>();
  /** Whose keys are asked for: `acme` of `ACME_API_KEY`. */
  const keys = new Set<string>();
  const judged = new Map<string, HostStanding>();
  /** How often documents show an address of a host: what an asset is about, it shows again and again. */
  const shown = new Map<string, number>();

  function keep(words: string): void {
    if (prose.length < WORDS) prose += ` ${words.toLowerCase().slice(0, WORDS - prose.length)}`;
  }

  function isExplained(host: string): boolean {
    const name = nameOf(host);
    if (name.length < 2 || /^[\d.]+$/.test(host)) return false;
    if (homes.has(registrable(host)) || (shown.get(host) ?? 0) >= SHOWN_OFTEN) return true;
    if (name.length < 5) return new RegExp(`(?<![a-z0-9])${name.replace(/\W/g, "\\W?")}(?![a-z0-9])`).test(prose);
    squeezed ??= squeeze(prose);
    const word = squeeze(name);
    if (squeezed.includes(word) || keys.has(word)) return true;
    const firm = name.replace(COMPANY, "");
    if (firm.includes("-")) return false;
    if (firm !== name) return firm.length >= 3 && prose.includes(firm);
    const core = word.replace(AFFIX, "");
    return core.length >= 5 && squeezed.includes(core);
  }

  function addDocument(text: string): void {
    for (const [, host] of withoutComments(text).matchAll(SHOWS)) {
      const lower = host!.toLowerCase();
      shown.set(lower, (shown.get(lower) ?? 0) + 1);
    }
    keep(withoutComments(text.replace(FENCED, " ")).replace(NO_WORDS, " "));
  }

  function addManifest(text: string): void {
    for (const [words] of text.matchAll(MANIFEST_WORDS)) keep(withoutComments(words).replace(NO_WORDS, " "));
    for (const [, host] of text.matchAll(HOME)) homes.add(registrable(host!.toLowerCase()));
  }

  return {
    add(path, whole) {
      const text = whole.slice(0, WORDS);
      squeezed = null;
      judged.clear();
      for (const [, owner] of text.matchAll(KEY_OF)) keys.add(squeeze(owner!.toLowerCase()));
      if (DOCUMENT.test(path)) addDocument(text);
      if (MANIFEST.test(path)) addManifest(text);
    },
    tells: () => prose.trim().length >= 40,
    standingOf(host, path) {
      const lower = host.toLowerCase();
      if (LOCAL.test(lower) || PLACEHOLDER.test(lower)) return "local";
      const open = OPEN_TO_ALL.test(`${lower}${path}`);
      if (!open && !SHARED.test(lower) && (KNOWN.test(lower) || isInstallerHost(lower))) return "known";
      const standing = judged.get(lower) ?? (isExplained(lower) ? "explained" : "unexplained");
      judged.set(lower, standing);
      return standing;
    },
  };
}

const squeeze = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, "");

/** The label that an owner chose: `acme` of `api.acme.co.uk`, `acme` of `acme.github.io`. */
function nameOf(host: string): string {
  const labels = host.split(".");
  if (SHARED.test(host)) return labels[0]!;
  const second = labels.at(-2) ?? "";
  return /^(?:co|com|org|net|ac|gov|gob|edu)$/.test(second) && labels.length > 2 ? labels.at(-3)! : second;
}

const registrable = (host: string): string => (SHARED.test(host) ? host : `${nameOf(host)}.${host.split(".").at(-1)}`);
