import type { KeyObject } from "node:crypto";
import { type Certificate, isVouchedFor, readCertificate } from "../../core/signing/certificate.ts";
import {
  isSignedBy,
  isSupportedKey,
  keyHints,
  readModelKey,
  type SigstoreBundle,
} from "../../core/signing/sigstore-bundle.ts";
import type { ModelTrust } from "./model-trust.ts";

/** Who signed a bundle, as far as it can be said; `why` is a sentence for readers. */
export interface SignerCheck {
  state: "verified" | "unchecked" | "invalid";
  signer: string | null;
  why: string;
}

/** Answers who signed; made once from what the administrator trusts. Throws never. */
export function createSignerCheck(trust: ModelTrust): (bundle: SigstoreBundle) => SignerCheck {
  const keys = trust.keys.map(({ name, pem }) => {
    const key = readModelKey(pem);
    return { name, key, hints: keyHints(key) };
  });
  const roots = trust.roots
    .map((base64) => readCertificate(Buffer.from(base64, "base64")))
    .filter((root) => root !== null);
  return (bundle) =>
    bundle.material.kind === "key"
      ? checkKey(bundle, bundle.material.hint, keys)
      : checkCertificates(bundle, bundle.material.chain, roots);
}

function checkKey(
  bundle: SigstoreBundle,
  hint: string | null,
  keys: readonly { name: string; key: KeyObject; hints: string[] }[],
): SignerCheck {
  const signer = keys.find(({ key }) => isSignedBy(bundle, key));
  if (signer) {
    return {
      state: "verified",
      signer: signer.name,
      why: `Signed with the key ${signer.name}, which this server knows.`,
    };
  }
  const named = hint === null ? undefined : keys.find(({ hints }) => hints.includes(hint));
  if (named) {
    const why = `Names the key ${named.name}, but the signature was not made with it, or for something else.`;
    return { state: "invalid", signer: named.name, why };
  }
  const short = hint === null ? null : `key ${hint.slice(0, 16)}`;
  return { state: "unchecked", signer: short, why: "Who signed is not checked: this server does not know the key." };
}

function checkCertificates(
  bundle: SigstoreBundle,
  ders: readonly Uint8Array[],
  roots: readonly Certificate[],
): SignerCheck {
  const chain = ders.map(readCertificate);
  const [leaf] = chain;
  const key = leaf && publicKeyOf(leaf);
  if (!leaf || !key || chain.includes(null)) {
    return { state: "invalid", signer: null, why: "A certificate in it cannot be read, so nothing can be checked." };
  }
  const signer = signerOf(leaf);
  if (!isSupportedKey(key)) {
    const why = "Who signed is not checked: the certificate's key is of a kind that is not used for models.";
    return { state: "unchecked", signer, why };
  }
  if (!isSignedBy(bundle, key)) {
    const why = "The signature was not made with the key of the certificate that comes with it, or for something else.";
    return { state: "invalid", signer, why };
  }
  if (isVouchedFor(chain as Certificate[], roots)) {
    const why = `Signed by ${signer ?? "a certificate without a name"}, for whom an authority vouches that this server knows.`;
    return { state: "verified", signer, why };
  }
  const name = signer ?? "nobody by name";
  const why = leaf.issuer
    ? `The certificate says ${name}, not checked against Sigstore's roots: this server works offline.`
    : `The certificate says ${name}, and no authority that this server knows vouches for it.`;
  return { state: "unchecked", signer, why };
}

function publicKeyOf({ x509 }: Certificate): KeyObject | null {
  try {
    return x509.publicKey;
  } catch {
    return null;
  }
}

const signerOf = ({ name, issuer }: Certificate): string | null =>
  name === null ? null : (issuer === null ? name : `${name} (signed in at ${issuer})`).slice(0, 200);
