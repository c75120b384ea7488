import { HONEST_MODELS } from "./honest-models.ts";
import { HOSTILE_MODELS } from "./hostile-models.ts";
import { type LabelledSample, techniqueOf } from "./samples.ts";

type Models = readonly [name: string, files: Record<string, Uint8Array>][];

/** Model files, written when asked for: nothing that would run when it is loaded lies in the repository. */
export const modelSamples = (): LabelledSample[] => [
  ...samplesOf(HOSTILE_MODELS, true),
  ...samplesOf(HONEST_MODELS, false),
];

const samplesOf = (models: Models, harmful: boolean): LabelledSample[] =>
  models.map(([name, files]) => ({
    name,
    class: "models",
    technique: techniqueOf(name),
    kind: "model",
    harmful,
    files: Object.entries(files).map(([path, bytes]) => ({ path, bytes })),
  }));
