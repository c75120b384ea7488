import { basename } from "node:path";

// `npm run bench` lists the measurements, `npm run bench -- NAME [ARGUMENTS…]` makes one: the file bench/NAME.bench.ts.

const files = await Array.fromAsync(new Bun.Glob("*.bench.ts").scan(import.meta.dir));
const names = files.map((file) => basename(file, ".bench.ts")).sort();
const [name, ...args] = process.argv.slice(2);

if (name === undefined) {
  console.log(`Measurements: ${names.join(", ")}`);
} else if (names.includes(name)) {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/${name}.bench.ts`, ...args], {
    stdio: ["inherit", "inherit", "inherit"],
  });
  process.exitCode = await child.exited;
} else {
  console.error(`There is no measurement "${name}". There are: ${names.join(", ")}`);
  process.exitCode = 2;
}
