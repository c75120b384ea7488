import { basename } from "node:path";
import { readCertificate } from "../../core/signing/certificate.ts";
import { readModelKey } from "../../core/signing/sigstore-bundle.ts";

/** Whose signatures of models are believed. It crosses to the scanning threads, so it holds texts alone. */
export interface ModelTrust {
  /** Public keys as PEM, by the name of whoever has the private one. */
  keys: readonly { name: string; pem: string }[];
  /** Certificates of authorities, base64 of DER. */
  roots: readonly string[];
}

/** A file of the administrator's cannot be used; the message names it, its key in the configuration, and what is wrong. */
export class ModelTrustError extends Error {
  override name = "ModelTrustError";
}

const MAX_FILE = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Reads the files that `[signing]` names and checks that each holds what it should; throws ModelTrustError. */
export async function readModelTrust(files: {
  modelKeys: readonly string[];
  modelRoots: readonly string[];
}): Promise<ModelTrust> {
  const keys = files.modelKeys.map(async (path) => {
    const pem = await readPem("model_keys", path);
    try {
      readModelKey(pem);
    } catch (error) {
      throw unusable("model_keys", path, isOwn(error) ? error.message : "holds no public key in PEM");
    }
    return { name: basename(path).replace(/\.(?:pem|pub|key)$/i, ""), pem };
  });
  const roots = files.modelRoots.map(async (path) => {
    const found = [...(await readPem("model_roots", path)).matchAll(CERTIFICATE)].map(([, base64 = ""]) => base64);
    if (found.length === 0) throw unusable("model_roots", path, "holds no certificate in PEM");
    const broken = found.some((base64) => readCertificate(Buffer.from(base64, "base64")) === null);
    if (broken) throw unusable("model_roots", path, "holds a certificate that cannot be read");
    return found.map((base64) => base64.replace(/\s/g, ""));
  });
  return { keys: await Promise.all(keys), roots: (await Promise.all(roots)).flat() };
}

/** An Error of the reader's own words; those of the library have a code. */
const isOwn = (error: unknown): error is Error => error instanceof Error && !("code" in error);

async function readPem(key: string, path: string): Promise<string> {
  const file = Bun.file(path);
  if (file.size > MAX_FILE) throw unusable(key, path, "is larger than 1 MiB");
  return file.text().catch((error: NodeJS.ErrnoException) => {
    throw unusable(key, path, `cannot be read (${error.code ?? error.message})`);
  });
}

const unusable = (key: string, path: string, why: string): ModelTrustError =>
  new ModelTrustError(`[signing] ${key}: ${path} ${why}. Mend the file or take it out of the list.`);
