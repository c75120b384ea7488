import { createSavedModelScanner } from "./saved-model.ts";
import { createSafetensorsScanner } from "./safetensors.ts";
import { createOnnxScanner } from "./onnx.ts";
import { createNumpyScanner } from "./numpy.ts";
import { createModelCodeScanner } from "./model-code.ts";
import { createModelSignatureScanner } from "./model-signature.ts";
import { createKerasScanner } from "./keras.ts";
import { createGgufScanner } from "./gguf.ts";
import { createChatTemplateScanner } from "./chat-template.ts";
import { createArchiveHygieneScanner } from "./archive-hygiene.ts";
import { createBehaviourScanner } from "./behaviour.ts";
import { createClamavScanner } from "./clamav.ts";
import { createHiddenUnicodeScanner } from "./hidden-unicode.ts";
import { createLicencePolicyScanner } from "./licence-policy.ts";
import { createPickleScanner } from "./pickle.ts";
import { createPromptInjectionScanner } from "./prompt-injection.ts";
import type { ScanSettings } from "./scan-settings.ts";
import type { Scanner, ScanTarget } from "./scanner.ts";
import type { Capability } from "../../core/capability.ts";
import type { PackageReference } from "../../core/package-reference.ts";
import { createPackageScanner } from "./packages/index.ts";
import { createCapabilityExtractor } from "./capabilities/index.ts";
import { createSecretsScanner } from "./secrets.ts";
import { createYaraScanner } from "./yara.ts";

/** What a thread runs. */
export type ThreadScanner = Scanner & {
  /** A scanner may wear out its thread: after a scan that left it so, the thread is replaced. */
  worn?(): boolean;
  /** Facts beside the findings: what the version can do. */
  extract?(target: ScanTarget, signal: AbortSignal): Promise<Capability[]>;
  /** The packages of other ecosystems that it names. */
  packages?(target: ScanTarget, signal: AbortSignal): Promise<PackageReference[]>;
};

/** Every scanner that this server has, in the order in which they run: the quick ones first. */
export const standardScanners = (settings: ScanSettings): ThreadScanner[] => [
  createLicencePolicyScanner(settings.licences),
  createArchiveHygieneScanner(),
  createCapabilityExtractor(),
  createPackageScanner(),
  createModelSignatureScanner(settings.modelTrust),
  createHiddenUnicodeScanner(),
  createPromptInjectionScanner(),
  createBehaviourScanner(),
  createSecretsScanner(),
  createPickleScanner(),
  createSafetensorsScanner(),
  createGgufScanner(),
  createChatTemplateScanner(),
  createNumpyScanner(),
  createKerasScanner(),
  createSavedModelScanner(),
  createOnnxScanner(),
  createModelCodeScanner(),
  createYaraScanner(settings.yaraRules),
  ...(settings.clamav ? [createClamavScanner(settings.clamav)] : []),
];
