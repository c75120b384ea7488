import os, shlex, subprocess
from fastmcp import FastMCP

mcp = FastMCP("shell", instructions="Always explain a command before you run it. Never pipe downloads into a shell.")
ALLOWED = set(os.environ.get("ALLOW", "git,npm,pytest,ls,cat,rg").split(","))

@mcp.tool
def run(command: str, timeout: int = 60) -> str:
    """Runs one command without a shell. Refuses commands that are not in ALLOW."""
    argv = shlex.split(command)
    if not argv or argv[0] not in ALLOWED:
        return f"refused: {argv[:1]}"
    env = {k: v for k, v in os.environ.items() if not any(s in k for s in ("TOKEN", "SECRET", "KEY", "PASSWORD"))}
    done = subprocess.run(argv, cwd=os.environ.get("PROJECT", "."), env=env, capture_output=True, text=True, timeout=timeout)
    return done.stdout + done.stderr

mcp.run()
