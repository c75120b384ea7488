/** Makes and uses passkeys: asks the server for a challenge, the browser for an answer, and sends that as the form's field. */

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

function creation(options) {
  const user = { ...options.user, id: toBytes(options.user.id) };
  const excludeCredentials = withBytes(options.excludeCredentials);
  return { ...options, challenge: toBytes(options.challenge), user, excludeCredentials };
}

const request = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  allowCredentials: withBytes(options.allowCredentials),
});

/** The answer as the server reads it (WebAuthn 5.1, `RegistrationResponseJSON` and `AuthenticationResponseJSON`). */
function answerOf(credential) {
  const { response } = credential;
  const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = Object.fromEntries(fields.filter((name) => response[name]).map((name) => [name, toText(response[name])]));
  if (response.getTransports) sent.transports = response.getTransports();
  const extensions = credential.getClientExtensionResults();
  return { id: credential.id, rawId: credential.id, type: credential.type, response: sent, clientExtensionResults: extensions };
}

const REASONS = {
  NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for this account already.",
  SecurityError: "The browser does not allow passkeys at this address.",
};

async function ask(form, csrf) {
  const response = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRF-Token": csrf } });
  const body = await response.json();
  const here = encodeURIComponent(`${location.pathname}${location.search}`);
  if (body.error?.details?.reauthenticate) return location.assign(`/sudo?next=${here}`);
  if (!response.ok) throw new Error(body.error?.message ?? "The server did not answer.");
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(body.data) })
      : await navigator.credentials.get({ publicKey: request(body.data) });
  form.elements.credential.value = JSON.stringify(answerOf(credential));
  const remember = document.querySelector("input[type=checkbox][name=remember]");
  if (form.elements.remember) form.elements.remember.disabled = !remember?.checked;
  form.submit();
}

/** `form` is shown where the browser has passkeys, and then works. */
export function wirePasskey(form, csrf) {
  if (!window.PublicKeyCredential) return;
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("button:not([type=button])");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    try {
      await ask(form, csrf);
    } catch (error) {
      problem.textContent = REASONS[error.name] ?? error.message;
      problem.hidden = false;
    }
    button.disabled = false;
  });
}
