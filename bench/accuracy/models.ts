import type { LabelledSample } from "./samples.ts";
export const modelSamples = async (): Promise<LabelledSample[]> => [];
