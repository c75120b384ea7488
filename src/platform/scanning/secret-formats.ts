import type { Severity } from "../../core/kind.ts";
import {
  base64Of,
  discordBot,
  githubChecksum,
  gitlabChecksum,
  gradeAwsId,
  gradeJwt,
  gradePrivateKey,
  gradeUrlPassword,
} from "./secret-checks.ts";
import { entropyOf, isPlaceholder } from "./secret-noise.ts";

/** A kind of secret that its issuer made recognisable. `value` is the group that holds it, 0 for the whole match. */
export interface SecretFormat {
  id: string;
  name: string;
  regexp: RegExp;
  /** Lower-case words of which at least one is in everything that matches. */
  needles: readonly string[];
  value?: number;
  severity: Severity;
  /** Least Shannon entropy in bits a character. */
  entropy: number;
  /** What shows that the value is an illustration; by default the words and masks that documentation uses. */
  illustrated?: RegExp;
  /** The issuer's own check on the value. */
  valid?: (value: string, whole: string) => boolean;
  /** How bad it is by what it holds and by what stands within 400 characters; null when it is no secret. */
  grade?: (value: string, whole: string, around: string) => Severity | null;
}

export const format = (
  id: string,
  name: string,
  regexp: RegExp,
  needles: string[],
  more: Partial<SecretFormat> = {},
): SecretFormat => ({ id, name, regexp, needles, severity: "high", entropy: 3, ...more });

const isBasic = (pair: string): boolean => {
  const [, password = ""] = /^[\x21-\x39\x3b-\x7e]{2,60}:([\x21-\x7e]{6,100})$/.exec(pair) ?? [];
  return password !== "" && !isPlaceholder(pair) && entropyOf(password) >= 2.8;
};

/** Clouds, forges, registries and what has a structure of its own; from the issuers' documentation. */
export const GENERAL_FORMATS: readonly SecretFormat[] = [
  format("aws-access-key", "AWS access key", /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, ["akia", "asia"], {
    entropy: 2.8,
    grade: (value, _whole, around) => gradeAwsId(value, around),
  }),
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
  format(
    "gitlab-token",
    "GitLab token",
    /\bgl(?:pat|dt|rt|ptt|cbt|ft|soat|agent)-(?:[A-Za-z0-9_-]{27,300}\.[0-9a-z]{9}\b|[A-Za-z0-9_-]{20,50})/g,
    ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glsoat-", "glagent-"],
    { valid: gitlabChecksum },
  ),
  format("npm-token", "npm token", /\bnpm_[A-Za-z0-9]{36}\b/g, ["npm_"], { valid: githubChecksum }),
  format("pypi-token", "PyPI token", /\bpypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZ)[A-Za-z0-9_-]{50,200}/g, [
    "pypi-age",
  ]),
  format("rubygems-key", "RubyGems key", /\brubygems_[a-f0-9]{48}\b/g, ["rubygems_"]),
  format("nuget-key", "NuGet key", /\boy2[a-z0-9]{43}\b/g, ["oy2"], { entropy: 3.5 }),
  format("docker-token", "Docker Hub token", /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,36}/g, ["dckr_"]),
  format(
    "artifactory-token",
    "Artifactory token",
    /\b(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})\b/g,
    ["akcp", "cmvmd"],
    {
      entropy: 4.5,
    },
  ),
  format("google-api-key", "Google API key", /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g, ["aiza"], { entropy: 3.8 }),
  format("google-oauth-secret", "Google OAuth client secret", /\bGOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/g, [
    "gocspx-",
  ]),
  format(
    "gcp-service-account",
    "Google service account",
    /"private_key_id"\s{0,4}:\s{0,4}"([0-9a-f]{40})"/g,
    ["private_key_id"],
    {
      value: 1,
      grade: (_value, _whole, around) => (/PRIVATE KEY-----(?:\\n|\n)[A-Za-z0-9+/]{20}/.test(around) ? "high" : "low"),
    },
  ),
  format("azure-storage-key", "Azure storage key", /\bAccountKey=([A-Za-z0-9+/]{86}==)/g, ["accountkey="], {
    value: 1,
    entropy: 4.5,
    valid: base64Of(64),
  }),
  format(
    "azure-client-secret",
    "Azure client secret",
    /(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])/g,
    ["q~"],
    {
      entropy: 3.8,
    },
  ),
  format("azure-devops-token", "Azure DevOps token", /\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b/g, ["azdo"], {
    entropy: 4,
  }),
  format(
    "azure-sas",
    "Azure shared access signature",
    /[?&]sv=20\d\d-\d\d-\d\d&[^\s"'<>]{10,300}&sig=([A-Za-z0-9%+/]{43,80})/g,
    ["&sig="],
    {
      value: 1,
      severity: "medium",
      entropy: 4,
    },
  ),
  format("digitalocean-token", "DigitalOcean token", /\bdo[opr]_v1_[0-9a-f]{64}\b/g, ["_v1_"]),
  format("cloudflare-token", "Cloudflare origin key", /\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b/g, ["v1.0-"]),
  format("alibaba-key", "Alibaba Cloud key", /\bLTAI[A-Za-z0-9]{20}\b/g, ["ltai"], {
    severity: "medium",
    entropy: 3.5,
  }),
  format("databricks-token", "Databricks token", /\bdapi[0-9a-f]{32}(?:-\d)?\b/g, ["dapi"]),
  format(
    "hashicorp-token",
    "HashiCorp token",
    /\b(?:hv[sb]\.[A-Za-z0-9_-]{90,300}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})/g,
    ["hvs.", "hvb.", ".atlasv1."],
  ),
  format("age-key", "age key", /\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b/g, ["age-secret-key-1"]),
  format(
    "private-key",
    "private key",
    /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----[\s\\n]{1,4}(?:[A-Za-z-]{1,20}: [^\n]{1,80}\n{1,2}){0,3}([A-Za-z0-9+/=\s\\]{100,300})/g,
    ["private key"],
    {
      value: 1,
      entropy: 4,
      illustrated: /\.{3}|…|x{8,}|your/i,
      grade: (value, whole) => gradePrivateKey(value, whole),
    },
  ),
  format(
    "url-password",
    "password in an address",
    /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|https?|s?ftp|smtps?|clickhouse):\/\/[A-Za-z0-9_.%-]{1,60}:([^\s:@/"'`<>{}$]{6,80})@[A-Za-z0-9.-]{3,120}/g,
    ["://"],
    {
      value: 1,
      severity: "medium",
      entropy: 2.8,
      grade: (value, whole) => gradeUrlPassword(value, whole.slice(whole.lastIndexOf("@") + 1)),
    },
  ),
  format(
    "basic-authorization",
    "password in a header",
    /\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?basic\s{1,3}([A-Za-z0-9+/]{16,200}={0,2})/gi,
    ["basic"],
    {
      value: 1,
      severity: "medium",
      valid: (value) => isBasic(Buffer.from(value, "base64").toString("latin1")),
    },
  ),
  format(
    "jwt",
    "JSON Web Token",
    /\beyJ[A-Za-z0-9_-]{14,400}\.eyJ[A-Za-z0-9_-]{14,2000}\.[A-Za-z0-9_-]{40,700}/g,
    ["eyj"],
    { severity: "medium", entropy: 4, grade: (value) => gradeJwt(value) },
  ),
  format(
    "discord-bot-token",
    "Discord bot token",
    /\b[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])/g,
    ["."],
    {
      entropy: 4,
      valid: discordBot,
    },
  ),
];
