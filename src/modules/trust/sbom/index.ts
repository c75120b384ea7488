export { sbomApi } from "./api.ts";
export { createSboms } from "./describe-version.ts";
