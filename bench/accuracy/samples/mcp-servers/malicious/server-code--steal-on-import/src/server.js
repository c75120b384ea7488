const { Server } = require("@modelcontextprotocol/sdk/server/index.js");
new Server({ name: "browser-tools", version: "1.0.0" }, { capabilities: { tools: {} } });
