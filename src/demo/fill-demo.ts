import type { App } from "../app.ts";
import { type SignedIn, SYSTEM } from "../core/actor.ts";
import { AppError } from "../core/error.ts";
import { generatePrivateKey, type PrivateKey, publicKeyOf } from "../core/signing/ed25519.ts";
import { signPublication } from "../core/signing/statement.ts";
import type { PackedExample } from "./pack-examples.ts";
import { packExamples } from "./pack-examples.ts" with { type: "macro" };

const NAMESPACE = "examples";
const EXAMPLES: PackedExample[] = await packExamples();
/** How long the scans are waited for; they go on by themselves. */
const SCANS_MS = 60_000;
const LOOK_MS = 50;

/**
 * Publishes the examples when the catalogue holds nothing but examples, the way any publisher would, and waits for their
 * verdicts. What is there already stays as it is: a second start changes nothing, one after a crash does what is left.
 */
export async function fillDemo(app: App, log: App["log"]): Promise<void> {
  const all = await app.catalog.listAssets(SYSTEM, {}, { page: 1, perPage: 1 });
  const ours = await app.catalog.listAssets(SYSTEM, { namespace: NAMESPACE }, { page: 1, perPage: 1 });
  if (all.total > ours.total) return log.info("the catalogue is in use: the demo leaves it alone");
  const missing: PackedExample[] = [];
  for (const example of EXAMPLES) if (!(await exists(app, example))) missing.push(example);
  if (missing.length === 0) return;
  const publisher = await findPublisher(app);
  if (!publisher) return log.warn(`the name ${NAMESPACE} is somebody's: the demo leaves the catalogue alone`);
  const sign = createSigner(app, publisher);
  const published: PackedExample[] = [];
  for (const example of missing) if (await publish(app, publisher, example, sign)) published.push(example);
  if (published.length === 0) return;
  const waiting = await untilScanned(app, published);
  log.info("the demo is ready", { published: published.length, waiting });
}

const refOf = ({ namespace, slug }: PackedExample): string => `${namespace}/${slug}`;

/** An example without a version is one that a crash left half-way. */
async function exists(app: App, example: PackedExample): Promise<boolean> {
  try {
    const asset = await app.catalog.findAsset(SYSTEM, refOf(example));
    return (await app.catalog.listVersions(SYSTEM, asset)).length > 0;
  } catch (error) {
    if (error instanceof AppError && error.status === 404) return false;
    throw error;
  }
}

const ADDRESS = "examples@example.invalid";

/** The account `examples`, made when the name is free; nobody knows its password. Null when it is another's. */
async function findPublisher({ accounts }: App): Promise<SignedIn | null> {
  const password = crypto.getRandomValues(Buffer.alloc(32)).toString("base64url");
  const account = { username: NAMESPACE, email: ADDRESS, password, displayName: "Examples" };
  const user = await accounts.administration.create(SYSTEM, account, "user").catch(async (error) => {
    if (error instanceof AppError && error.code === "CONFLICT") return accounts.profile(NAMESPACE).catch(() => null);
    throw error;
  });
  if (user?.email !== ADDRESS) return null;
  return {
    ...SYSTEM,
    userId: user.id,
    username: user.username,
    role: user.role,
    scopes: ["read", "publish"],
    namespaceId: user.namespaceId,
  };
}

type Sign = (ref: string, version: string, digest: `sha256:${string}`) => Promise<void>;

/** Signs with a key that is made for this run and forgotten after it. */
function createSigner(app: App, publisher: SignedIn): Sign {
  let made: Promise<PrivateKey> | undefined;
  const make = async (): Promise<PrivateKey> => {
    const key = generatePrivateKey();
    const publicKey = Buffer.from(await publicKeyOf(key)).toString("base64");
    await app.trust.addKey(publisher, { name: "demo", publicKey });
    return key;
  };
  return async (ref, version, digest) => {
    made ??= make();
    const envelope = await signPublication(await made, { ref, version, digest });
    await app.trust.signVersion(publisher, ref, version, JSON.stringify(envelope));
  };
}

/** False when an administrator deleted it: then it is not wanted. */
async function publish(app: App, publisher: SignedIn, example: PackedExample, sign: Sign): Promise<boolean> {
  const body = new Blob([Buffer.from(example.archive, "base64")]).stream();
  const publication = {
    namespace: example.namespace,
    slug: example.slug,
    version: null,
    channel: null,
    visibility: "public",
    changelog: "",
    signature: null,
    publish: true,
  };
  try {
    const { asset, version } = await app.publishing.publishStream(publisher, publication, body);
    if (example.signed) await sign(`${asset.namespace}/${asset.slug}`, version.version, version.digest);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "DUPLICATE_ASSET") return false;
    throw error;
  }
}

/** How many are still being scanned when the time is up. */
async function untilScanned(app: App, examples: PackedExample[]): Promise<number> {
  const limit = Date.now() + SCANS_MS;
  for (;;) {
    let waiting = 0;
    for (const example of examples) {
      const asset = await app.catalog.findAsset(SYSTEM, refOf(example)).catch(() => null);
      const versions = asset ? await app.catalog.listVersions(SYSTEM, asset) : [];
      if (versions.some((version) => version.verdict === "pending")) waiting++;
    }
    if (waiting === 0 || Date.now() > limit) return waiting;
    await Bun.sleep(LOOK_MS);
  }
}
