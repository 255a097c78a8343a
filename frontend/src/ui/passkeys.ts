// Passkeys (WebAuthn). A form with `data-passkey="create|get"` sends what the browser's authenticator answers in its field
// `credential`; the options stand in the JSON script named by `data-options`, or are fetched from `data-options-url`.
// Written out by hand: parseCreationOptionsFromJSON is younger than the browsers we must serve.

type Json = Record<string, any>;

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0)).buffer;

const text = (buffer: ArrayBuffer | null): string | undefined =>
  buffer === null
    ? undefined
    : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const withIds = (list: Json[] | undefined): any => list?.map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options: Json, canSignInAlone: boolean): Promise<Json> {
  const key = options.publicKey;
  const selection = canSignInAlone
    ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
    : { residentKey: "discouraged", requireResidentKey: false };
  const made = (await navigator.credentials.create({
    publicKey: {
      ...key,
      challenge: bytes(key.challenge),
      user: { ...key.user, id: bytes(key.user.id) },
      excludeCredentials: withIds(key.excludeCredentials),
      authenticatorSelection: { ...key.authenticatorSelection, ...selection },
    },
  })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return described(made, {
    clientDataJSON: text(answer.clientDataJSON),
    attestationObject: text(answer.attestationObject),
    transports: answer.getTransports?.() ?? [],
  });
}

async function get(options: Json): Promise<Json> {
  const key = options.publicKey;
  const found = (await navigator.credentials.get({
    publicKey: { ...key, challenge: bytes(key.challenge), allowCredentials: withIds(key.allowCredentials) },
  })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return described(found, {
    clientDataJSON: text(answer.clientDataJSON),
    authenticatorData: text(answer.authenticatorData),
    signature: text(answer.signature),
    userHandle: text(answer.userHandle),
  });
}

function described(credential: PublicKeyCredential, response: Json): Json {
  return {
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  if (form.dataset.optionsUrl) {
    const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options;
  }
  const known = JSON.parse(document.getElementById(form.dataset.options!)!.textContent!);
  return known.creation_options ?? known.request_options;
}

async function ask(form: HTMLFormElement): Promise<void> {
  const problem = form.querySelector<HTMLElement>("[data-passkey-problem]");
  if (problem) problem.hidden = true;
  try {
    const options = await optionsOf(form);
    const alone = form.querySelector<HTMLInputElement>("[name=passwordless]")?.checked ?? false;
    const credential = form.dataset.passkey === "create" ? await create(options, alone) : await get(options);
    (form.elements.namedItem("credential") as HTMLInputElement).value = JSON.stringify(credential);
    form.submit();
  } catch {
    if (problem) problem.hidden = false;
  }
}

// Browsers know passkeys only under a name (not an address in figures) and over HTTPS, or on this very machine.
const isOffered = "PublicKeyCredential" in window && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);

document.querySelectorAll<HTMLElement>("[data-needs-passkeys]").forEach((part) => (part.hidden = !isOffered));
document.querySelectorAll<HTMLElement>("[data-without-passkeys]").forEach((part) => (part.hidden = isOffered));
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.dataset?.passkey) return;
  event.preventDefault();
  void ask(form);
});
