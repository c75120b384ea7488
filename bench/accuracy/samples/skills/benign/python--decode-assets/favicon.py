import base64, subprocess, sys, zlib
# default icon, one transparent pixel
DEFAULT = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
if len(sys.argv) < 3:
    sys.stdout.buffer.write(base64.b64decode(DEFAULT))
    sys.exit()
letter, colour = sys.argv[1][0], sys.argv[2]
print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" fill="{colour}"/><text x="4" y="13" fill="#fff">{letter}</text></svg>')
subprocess.run(["sh", "-c", "command -v svgo >/dev/null && echo 'tip: run svgo' >&2 || true"])
