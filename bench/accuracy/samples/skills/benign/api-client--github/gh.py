import os, requests
S = requests.Session()
S.headers["Authorization"] = f"Bearer {os.environ['GITHUB_TOKEN']}"
def create(repo, title, body):
    r = S.post(f"https://api.github.com/repos/{repo}/issues", json={"title": title, "body": body})
    r.raise_for_status()
    return r.json()["html_url"]
