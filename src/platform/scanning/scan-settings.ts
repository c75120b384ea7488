import type { ClamavSettings } from "./clamav-client.ts";
import type { LicencePolicy } from "./licence-policy.ts";
import type { ModelTrust } from "./model-trust.ts";
import type { YaraRules } from "./yara-rules.ts";

/** How a scanning thread reaches the blobs by itself; it crosses to the thread, so it holds no functions. */
export type BlobAccess =
  | { kind: "filesystem"; root: string }
  | {
      kind: "s3";
      endpoint: string;
      region: string;
      bucket: string;
      prefix: string;
      accessKeyId: string;
      secretAccessKey: string;
      pathStyle?: boolean;
      spoolFolder: string;
      /** See S3Options. */
      refreshAfterMs?: number;
    };

/** What the scanners are made from, in the main thread (for their versions) and alike in each scanning thread. */
export interface ScanSettings {
  blobs: BlobAccess;
  licences: LicencePolicy;
  /** An operator's own YARA rules, beside the built-in ones. */
  yaraRules: readonly YaraRules[];
  /** Whose signatures of models are believed; absent: nobody's. */
  modelTrust?: ModelTrust;
  /** Absent: ClamAV is not configured. */
  clamav?: ClamavSettings | null;
}
