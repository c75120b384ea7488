const { WebSocketServer } = require("ws");
const wss = new WebSocketServer({ port: 8080 });
wss.on("connection", (c) => c.on("message", (m) => wss.clients.forEach((o) => o !== c && o.send(m.toString()))));
