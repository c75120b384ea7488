import { basename } from "node:path";

// `npm run bench` lists the measurements, `npm run bench -- NAME [ARGUMENTS…]` makes one: the file bench/NAME.ts.

// What they share (the corpora) measures nothing itself.
const files = await Array.fromAsync(new Bun.Glob("*.ts").scan(import.meta.dir));
const names = files
  .map((file) => basename(file, ".ts"))
  .filter((file) => file !== "run" && !file.endsWith("-corpus"))
  .sort();
const [name, ...args] = process.argv.slice(2);

if (name === undefined) {
  console.log(`Measurements: ${names.join(", ")}`);
} else if (names.includes(name)) {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/${name}.ts`, ...args], {
    stdio: ["inherit", "inherit", "inherit"],
  });
  process.exitCode = await child.exited;
} else {
  console.error(`There is no measurement "${name}". There are: ${names.join(", ")}`);
  process.exitCode = 2;
}
