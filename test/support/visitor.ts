/** A browser in front of a running server: keeps cookies, and sends a page's token back with its forms. */
export function createVisitor(url: string) {
  const jar = new Map<string, string>();
  async function visit(method: string, path: string, fields?: Record<string, string>): Promise<Response> {
    const headers = new Headers({ Accept: "text/html", "Sec-Fetch-Site": "same-origin" });
    if (jar.size > 0) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const body = fields && new URLSearchParams(fields);
    const response = await fetch(`${url}${path}`, { method, headers, body, redirect: "manual" });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (/Max-Age=0/.test(set)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return response;
  }
  const tokenOf = (page: string) => /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const submitFrom = (page: string, path: string, fields: Record<string, string>) =>
    visit("POST", path, { csrf_token: tokenOf(page), ...fields });
  const submit = async (path: string, fields: Record<string, string>) =>
    submitFrom(await (await visit("GET", path)).text(), path, fields);
  return {
    visit,
    /** Posts a form with the token of a page that was read before. */
    submitFrom,
    /** Reads the page at `path` and posts its form there. */
    submit,
    async signIn(username: string, password: string) {
      const response = await submit("/sign-in", { username, password });
      if (response.status !== 303) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    },
  };
}
