import { dirname } from "node:path";

// `npm run bench` lists the measurements, `npm run bench -- NAME [ARGUMENTS…]` makes one: bench/NAME.ts or bench/NAME/run.ts.

// What they share (the corpora) measures nothing itself.
const found = await Promise.all(
  ["*.ts", "*/run.ts"].map((pattern) => Array.fromAsync(new Bun.Glob(pattern).scan(import.meta.dir))),
);
const files = found.flat();
const entries = new Map(
  files
    .filter((file) => file !== "run.ts" && !file.endsWith("-corpus.ts"))
    .map((file) => [file.includes("/") ? dirname(file) : file.slice(0, -".ts".length), `${import.meta.dir}/${file}`]),
);
const names = [...entries.keys()].sort();
const [name, ...args] = process.argv.slice(2);
const entry = entries.get(name ?? "");

if (name === undefined) {
  console.log(`Measurements: ${names.join(", ")}`);
} else if (entry) {
  const child = Bun.spawn([process.execPath, entry, ...args], { stdio: ["inherit", "inherit", "inherit"] });
  process.exitCode = await child.exited;
} else {
  console.error(`There is no measurement "${name}". There are: ${names.join(", ")}`);
  process.exitCode = 2;
}
