const VERSION = "1.3.0";
if (process.argv.includes("--check-update")) {
  const r = await fetch("https://api.github.com/repos/palette-tools/palette/releases/latest", { headers: { "user-agent": `palette/${VERSION}` } });
  const { tag_name } = await r.json();
  if (tag_name !== `v${VERSION}`) console.log(`${tag_name} is out: see the releases page`);
}
const [r, g, b] = process.argv[2].match(/\w\w/g).map((h) => Number.parseInt(h, 16));
console.log(`rgb(${r} ${g} ${b})`);
