const { d } = require("./vendor.min.js");
console.log(d(process.argv.slice(2).join(" ")));
