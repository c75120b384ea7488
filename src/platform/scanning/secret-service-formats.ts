import { gradeTwilioAccount } from "./secret-checks.ts";
import { format, type SecretFormat } from "./secret-formats.ts";

const MODELS: readonly SecretFormat[] = [
  format(
    "openai-key",
    "OpenAI key",
    /\bsk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,200}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b/g,
    ["sk-"],
    { entropy: 3.8 },
  ),
  format(
    "anthropic-key",
    "Anthropic key",
    /\bsk-ant-(?:api|admin|oat|ort|sid)\d{2}-[A-Za-z0-9_-]{80,120}/g,
    ["sk-ant-"],
    {
      entropy: 3.8,
    },
  ),
  format("openrouter-key", "OpenRouter key", /\bsk-or-v1-[0-9a-f]{64}\b/g, ["sk-or-v1-"]),
  format("huggingface-token", "Hugging Face token", /\b(?:hf|api_org)_[A-Za-z]{34}\b/g, ["hf_", "api_org_"], {
    entropy: 3.6,
  }),
  format("replicate-token", "Replicate token", /\br8_[A-Za-z0-9]{37}\b/g, ["r8_"]),
  format("groq-key", "Groq key", /\bgsk_[A-Za-z0-9]{52}\b/g, ["gsk_"]),
  format("xai-key", "xAI key", /\bxai-[A-Za-z0-9]{80}\b/g, ["xai-"]),
  format("perplexity-key", "Perplexity key", /\bpplx-[A-Za-z0-9]{48}\b/g, ["pplx-"]),
  format("cerebras-key", "Cerebras key", /\bcsk-[a-z0-9]{48}\b/g, ["csk-"], { entropy: 3.8 }),
  format("nvidia-key", "NVIDIA key", /\bnvapi-[A-Za-z0-9_-]{60,70}/g, ["nvapi-"], { entropy: 4 }),
  format("fireworks-key", "Fireworks key", /\bfw_[A-Za-z0-9]{22,24}\b/g, ["fw_"], { severity: "medium", entropy: 3.8 }),
  format("elevenlabs-key", "ElevenLabs key", /\bsk_[0-9a-f]{48}\b/g, ["sk_"]),
  format("deepseek-key", "key in the form that DeepSeek uses", /\bsk-[0-9a-f]{32}\b/g, ["sk-"], { severity: "medium" }),
  format("langsmith-key", "LangSmith key", /\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b/g, ["lsv2_"]),
  format("langfuse-key", "Langfuse key", /\bsk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, [
    "sk-lf-",
  ]),
  format("pinecone-key", "Pinecone key", /\bpcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{55,70}\b/g, ["pcsk_"]),
  format("tavily-key", "Tavily key", /\btvly-(?:dev-|prod-)?[A-Za-z0-9]{32}\b/g, ["tvly-"]),
  format("firecrawl-key", "Firecrawl key", /\bfc-[0-9a-f]{32}\b/g, ["fc-"]),
];

const MESSAGES: readonly SecretFormat[] = [
  format(
    "slack-token",
    "Slack token",
    /\bxox[abposr]-\d{8,14}-[A-Za-z0-9-]{20,120}|\bxoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{140,180}|\bxapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[0-9a-f]{40,80}/g,
    ["xox", "xapp-"],
  ),
  format(
    "slack-webhook",
    "Slack webhook",
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g,
    ["hooks.slack.com"],
    { entropy: 3.5 },
  ),
  format(
    "discord-webhook",
    "Discord webhook",
    /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,72}/g,
    ["api/webhooks"],
  ),
  format("telegram-bot-token", "Telegram bot token", /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g, [":aa"], {
    entropy: 3.8,
  }),
  format("sendgrid-key", "SendGrid key", /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, ["sg."], {
    entropy: 4,
  }),
  format("mailgun-key", "Mailgun key", /\bkey-[0-9a-f]{32}\b/g, ["key-"], { severity: "medium" }),
  format("mailchimp-key", "Mailchimp key", /\b[0-9a-f]{32}-us\d{1,2}\b/g, ["-us"], { severity: "medium" }),
  format("brevo-key", "Brevo key", /\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}\b/g, ["xkeysib-"]),
  format("resend-key", "Resend key", /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}\b/g, ["re_"], { entropy: 3.8 }),
  format("twilio-token", "Twilio account with its token", /\bAC[0-9a-f]{32}\b/g, ["ac"], { grade: gradeTwilioAccount }),
  format("twilio-key", "Twilio key", /\bSK[0-9a-f]{32}\b/g, ["sk"], { severity: "medium" }),
];

const MONEY: readonly SecretFormat[] = [
  format("stripe-key", "Stripe live key", /\b[sr]k_live_[A-Za-z0-9]{24,99}\b/g, ["k_live_"]),
  format("stripe-test-key", "Stripe test key", /\b[sr]k_test_[A-Za-z0-9]{24,99}\b/g, ["k_test_"], { severity: "low" }),
  format("stripe-webhook-secret", "Stripe webhook secret", /\bwhsec_[A-Za-z0-9+/]{32,64}\b/g, ["whsec_"], {
    severity: "medium",
    entropy: 3.8,
  }),
  format(
    "square-token",
    "Square token",
    /\b(?:EAAA[A-Za-z0-9+=_-]{60}|sq0csp-[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g,
    ["eaaa", "sq0csp-"],
    {
      entropy: 4,
    },
  ),
  format("flutterwave-key", "Flutterwave key", /\bFLWSECK-[0-9a-f]{32}-X\b/g, ["flwseck-"]),
  format("shopify-token", "Shopify token", /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g, [
    "shpat_",
    "shpca_",
    "shppa_",
    "shpss_",
  ]),
];

const TOOLS: readonly SecretFormat[] = [
  format("atlassian-token", "Atlassian token", /\bATATT3[A-Za-z0-9_=-]{180,200}/g, ["atatt3"], { entropy: 4 }),
  format("linear-key", "Linear key", /\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}\b/g, ["lin_api_", "lin_oauth_"]),
  format(
    "notion-token",
    "Notion token",
    /\b(?:ntn_[A-Za-z0-9]{43,50}|secret_[A-Za-z0-9]{43})\b/g,
    ["ntn_", "secret_"],
    { entropy: 4 },
  ),
  format("airtable-token", "Airtable token", /\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b/g, ["pat"]),
  format("figma-token", "Figma token", /\bfig[dur]_[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])/g, ["figd_", "figu_", "figr_"]),
  format(
    "hubspot-token",
    "HubSpot token",
    /\bpat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
    ["pat-"],
  ),
  format("postman-key", "Postman key", /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/g, ["pmak-"]),
  format("supabase-key", "Supabase key", /\b(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{31,40})/g, [
    "sbp_",
    "sb_secret_",
  ]),
  format("vercel-token", "Vercel token", /\bvc[pkari]_[A-Za-z0-9]{50,64}\b/g, ["vcp_", "vck_", "vca_", "vcr_", "vci_"]),
  format("netlify-token", "Netlify token", /\bnf[pcoub]_[A-Za-z0-9]{36}\b/g, ["nfp_", "nfc_", "nfo_", "nfu_", "nfb_"]),
  format("fly-token", "Fly.io token", /\b(?:fo1_[A-Za-z0-9_-]{43}|fm2_[A-Za-z0-9+/_=-]{100,400})/g, ["fo1_", "fm2_"]),
  format("heroku-key", "Heroku key", /\bHRKU-AA[A-Za-z0-9_-]{58}/g, ["hrku-aa"]),
  format("planetscale-token", "PlanetScale token", /\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}/g, ["pscale_"]),
  format("pulumi-token", "Pulumi token", /\bpul-[0-9a-f]{40}\b/g, ["pul-"]),
  format(
    "doppler-token",
    "Doppler token",
    /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{1,40}\.)?[A-Za-z0-9]{40,44}\b/g,
    ["dp."],
  ),
  format("grafana-token", "Grafana token", /\bgl(?:sa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b|c_[A-Za-z0-9+/]{32,400}={0,3})/g, [
    "glsa_",
    "glc_",
  ]),
  format("sentry-token", "Sentry token", /\bsntry(?:u_[0-9a-f]{64}\b|s_eyJ[A-Za-z0-9+/=_-]{80,500})/g, [
    "sntryu_",
    "sntrys_",
  ]),
  format("newrelic-key", "New Relic key", /\bNRAK-[A-Z0-9]{27}\b/g, ["nrak-"]),
  format("dynatrace-token", "Dynatrace token", /\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/g, ["dt0"]),
  format("sonar-token", "SonarQube token", /\bsq[upa]_[0-9a-f]{40}\b/g, ["squ_", "sqp_", "sqa_"]),
  format("posthog-key", "PostHog personal key", /\bphx_[A-Za-z0-9]{43,50}\b/g, ["phx_"]),
  format(
    "tailscale-key",
    "Tailscale key",
    /\btskey-(?:auth|api|client|scim)-[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}\b/g,
    ["tskey-"],
  ),
  format("onepassword-token", "1Password service token", /\bops_eyJ[A-Za-z0-9+/]{200,2000}={0,3}/g, ["ops_eyj"]),
  format("mapbox-token", "Mapbox secret token", /\bsk\.eyJ[A-Za-z0-9_-]{20,200}\.[A-Za-z0-9_-]{20,24}/g, ["sk.eyj"]),
  format("typeform-token", "Typeform token", /\btfp_[A-Za-z0-9_-]{40,60}/g, ["tfp_"], { entropy: 4 }),
  format("clojars-token", "Clojars token", /\bCLOJARS_[a-z0-9]{60}\b/g, ["clojars_"]),
  format("sourcegraph-token", "Sourcegraph token", /\bsgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}\b/g, ["sgp_"]),
  format("buildkite-token", "Buildkite token", /\bbkua_[0-9a-f]{40}\b/g, ["bkua_"]),
];

/** Makers of models, messages, money and tools; from the issuers' documentation, anchored on their prefixes. */
export const SERVICE_FORMATS: readonly SecretFormat[] = [...MODELS, ...MESSAGES, ...MONEY, ...TOOLS];
