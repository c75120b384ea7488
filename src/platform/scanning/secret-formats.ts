/** A kind of secret that its issuer made recognisable. `value` is the group that holds it, 0 for the whole match. */
export interface SecretFormat {
  id: string;
  name: string;
  regexp: RegExp;
  needles: readonly string[];
  value?: number;
  severity: "critical" | "high" | "medium" | "low";
  /** Least Shannon entropy in bits a character. */
  entropy: number;
  /** The issuer's own check on the value. */
  valid?: (value: string) => boolean;
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** GitHub's tokens end in the CRC-32 of what precedes it, as six base-62 digits. */
export function githubChecksum(token: string): boolean {
  const body = token.slice(token.indexOf("_") + 1);
  let crc = Bun.hash.crc32(body.slice(0, -6));
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[crc % 62]! + digits;
    crc = Math.floor(crc / 62);
  }
  return digits === body.slice(-6);
}

/** A JSON Web Token whose header names an algorithm and whose payload is JSON. */
function jwt(value: string): boolean {
  const [header, payload] = value.split(".");
  try {
    const parsed = JSON.parse(Buffer.from(header!, "base64url").toString());
    JSON.parse(Buffer.from(payload!, "base64url").toString());
    return typeof parsed.alg === "string";
  } catch {
    return false;
  }
}

const format = (
  id: string,
  name: string,
  regexp: RegExp,
  needles: string[],
  more: Partial<SecretFormat> = {},
): SecretFormat => ({ id, name, regexp, needles, severity: "high", entropy: 3, ...more });

/** From the issuers' documentation; anchored on prefixes, so that a format means something. */
export const SECRET_FORMATS: readonly SecretFormat[] = [
  format("aws-access-key", "AWS access key", /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, ["akia", "asia"], { entropy: 2.8 }),
  format(
    "aws-secret-key",
    "AWS secret key",
    /\baws.{0,24}?secret.{0,24}?["' :=]{1,5}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    ["secret"],
    { value: 1, entropy: 4.2 },
  ),
  format("github-token", "GitHub token", /\bgh[pousr]_[A-Za-z0-9]{36}\b/g, ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], {
    valid: githubChecksum,
  }),
  format("github-fine-grained", "GitHub fine-grained token", /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g, [
    "github_pat_",
  ]),
  // docs/api-keys.md
  format("marketplace-key", "API key of a marketplace", /\bmkt_[0-9A-Za-z]{40}\b/g, ["mkt_"], {
    valid: githubChecksum,
  }),
  format("gitlab-token", "GitLab token", /\bglpat-[A-Za-z0-9_-]{20,27}\b/g, ["glpat-"]),
  format("npm-token", "npm token", /\bnpm_[A-Za-z0-9]{36}\b/g, ["npm_"], { valid: githubChecksum }),
  format("pypi-token", "PyPI token", /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200}/g, ["pypi-ageichlwas5vcmc"]),
  format(
    "openai-key",
    "OpenAI key",
    /\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b/g,
    ["sk-"],
    { entropy: 3.8 },
  ),
  format("anthropic-key", "Anthropic key", /\bsk-ant-(?:api|admin|oat)\d{2}-[A-Za-z0-9_-]{80,120}/g, ["sk-ant-"], {
    entropy: 3.8,
  }),
  format("openrouter-key", "OpenRouter key", /\bsk-or-v1-[0-9a-f]{64}\b/g, ["sk-or-v1-"]),
  format("google-api-key", "Google API key", /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g, ["aiza"], { entropy: 3.8 }),
  format("google-oauth-secret", "Google OAuth client secret", /\bGOCSPX-[A-Za-z0-9_-]{28}\b/g, ["gocspx-"]),
  format(
    "slack-token",
    "Slack token",
    /\bxox[abposr]-\d{8,14}-[A-Za-z0-9-]{20,120}|\bxapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[0-9a-f]{40,80}/g,
    ["xox", "xapp-"],
  ),
  format(
    "slack-webhook",
    "Slack webhook",
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g,
    ["hooks.slack.com"],
    { severity: "medium", entropy: 3.5 },
  ),
  format(
    "discord-webhook",
    "Discord webhook",
    /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,72}/g,
    ["api/webhooks"],
    { severity: "medium" },
  ),
  format("telegram-bot-token", "Telegram bot token", /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/g, [":aa"], { entropy: 3.8 }),
  format("stripe-key", "Stripe live key", /\b[sr]k_live_[A-Za-z0-9]{24,99}\b/g, ["k_live_"]),
  format("stripe-test-key", "Stripe test key", /\b[sr]k_test_[A-Za-z0-9]{24,99}\b/g, ["k_test_"], { severity: "low" }),
  format("sendgrid-key", "SendGrid key", /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/g, ["sg."], { entropy: 4 }),
  format("twilio-key", "Twilio key", /\bSK[0-9a-f]{32}\b/g, ["sk"], { severity: "medium" }),
  format("huggingface-token", "Hugging Face token", /\bhf_[A-Za-z]{34}\b/g, ["hf_"], { entropy: 3.6 }),
  format("replicate-token", "Replicate token", /\br8_[A-Za-z0-9]{37}\b/g, ["r8_"]),
  format("groq-key", "Groq key", /\bgsk_[A-Za-z0-9]{52}\b/g, ["gsk_"]),
  format("xai-key", "xAI key", /\bxai-[A-Za-z0-9]{80}\b/g, ["xai-"]),
  format("perplexity-key", "Perplexity key", /\bpplx-[A-Za-z0-9]{48}\b/g, ["pplx-"]),
  format("digitalocean-token", "DigitalOcean token", /\bdo[opr]_v1_[0-9a-f]{64}\b/g, ["_v1_"]),
  format("cloudflare-token", "Cloudflare origin key", /\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b/g, ["v1.0-"]),
  format("azure-storage-key", "Azure storage key", /\bAccountKey=([A-Za-z0-9+/]{86}==)/g, ["accountkey="], {
    value: 1,
    entropy: 4.5,
  }),
  format("databricks-token", "Databricks token", /\bdapi[0-9a-f]{32}\b/g, ["dapi"]),
  format("linear-key", "Linear key", /\blin_api_[A-Za-z0-9]{40}\b/g, ["lin_api_"]),
  format(
    "notion-token",
    "Notion token",
    /\b(?:ntn_[A-Za-z0-9]{43,50}|secret_[A-Za-z0-9]{43})\b/g,
    ["ntn_", "secret_"],
    { entropy: 4 },
  ),
  format("shopify-token", "Shopify token", /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g, [
    "shpat_",
    "shpca_",
    "shppa_",
    "shpss_",
  ]),
  format("tavily-key", "Tavily key", /\btvly-(?:dev-|prod-)?[A-Za-z0-9]{32}\b/g, ["tvly-"]),
  format(
    "private-key",
    "private key",
    /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----[\s\\n]{1,4}(?:[A-Za-z-]{1,20}: [^\n]{1,80}\n{1,2}){0,3}([A-Za-z0-9+/=\s\\]{100,300})/g,
    ["private key"],
    { value: 1, severity: "high", entropy: 4 },
  ),
  format(
    "url-password",
    "password in an address",
    /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?|https?):\/\/[A-Za-z0-9_.-]{1,60}:([^\s:@/"'`<>{}$]{6,80})@[A-Za-z0-9.-]{3,120}/g,
    ["://"],
    { value: 1, severity: "medium", entropy: 2.8 },
  ),
  format(
    "jwt",
    "JSON Web Token",
    /\beyJ[A-Za-z0-9_-]{14,400}\.eyJ[A-Za-z0-9_-]{14,2000}\.[A-Za-z0-9_-]{40,700}/g,
    ["eyj"],
    { severity: "medium", entropy: 4, valid: jwt },
  ),
  format(
    "assigned-secret",
    "secret in an assignment",
    /\b(?:api[_-]?key|secret[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|private[_-]?key)["']? ?[:=] ?["']([A-Za-z0-9+/_-]{32,120}={0,2})["']/gi,
    ["key", "token", "secret"],
    { value: 1, severity: "medium", entropy: 4.2 },
  ),
];
