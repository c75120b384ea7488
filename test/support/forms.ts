import { type Marketplace, PASSWORD } from "./marketplace.ts";

/** What a browser accepts. */
export const HTML = { Accept: "text/html" };
/** How a browser sends a form. */
export const FORM = { ...HTML, "Content-Type": "application/x-www-form-urlencoded" };

/** The cookies that an answer sets, as a browser would send them back. */
export const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0]!)
    .join("; ");
/** The token of the first form on a page. */
export const tokenIn = (html: string): string => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] ?? "";

/** Signs in by the form; `headers` go with both requests. */
export async function signInByForm(
  server: Marketplace,
  username: string,
  next = "/",
  headers: Record<string, string> = {},
): Promise<Response> {
  const page = await server.stranger.send("GET", "/sign-in", { headers: { ...HTML, ...headers } });
  const token = tokenIn(await page.text());
  const body = new URLSearchParams({ csrf_token: token, username, password: PASSWORD, next }).toString();
  return server.stranger.send("POST", "/sign-in", { headers: { ...FORM, ...headers, Cookie: cookiesOf(page) }, body });
}
