import { writeFileSync } from "node:fs";
const n = process.argv[2];
writeFileSync(`${n}.tsx`, `export function ${n}() {\n  return <div />;\n}\n`);
