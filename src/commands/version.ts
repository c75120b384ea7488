import { BUILD } from "../core/build.ts";
import type { Command } from "./command.ts";

export const version: Command = {
  name: "version",
  summary: "Print the version",
  usage: "version",
  options: {},
  async run({ out, json }) {
    out(json ? JSON.stringify(BUILD) : `marketplace ${BUILD.version} (${BUILD.commit})`);
    return 0;
  },
};
