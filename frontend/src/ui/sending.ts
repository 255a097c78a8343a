// Sending a form. Twice pressed is once sent. A page that has been open for a while asks first whether its person is still
// signed in and the site can be reached: if not, the form stays, with everything typed and every photo chosen.

import { toast } from "./feedback";

type State = "here" | "gone" | "another" | "away";

const FRESH_MS = 30_000;
const opened = Date.now();

const signedOut = document.getElementById("signed-out") as HTMLDialogElement | null;

function isStale(): boolean {
  return !!signedOut && Date.now() - opened > Number(signedOut.dataset.fresh ?? FRESH_MS);
}

async function ask(): Promise<State> {
  try {
    const answer = await fetch(signedOut!.dataset.session!, { redirect: "manual", cache: "no-store" });
    if (answer.status >= 500) return "away";
    if (!answer.ok) return "gone";
    const { token, acting } = (await answer.json()) as { token: string; acting: string };
    if (acting !== signedOut!.dataset.acting) return "another";
    renew(token);
    return "here";
  } catch {
    return "away";
  }
}

/** Whoever has signed in again has another token than the page was made with. */
function renew(token: string): void {
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
  document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
}

async function mayGo(): Promise<boolean> {
  const state = await ask();
  if (state === "gone") signedOut?.showModal();
  if (state === "another") toast("这个浏览器现在登录的是另一个身份，没有提交。请换回原来的身份再提交；填写的内容还在这一页。", "red");
  if (state === "away") toast("连不上服务器，没有提交。填写的内容还在这一页，请稍后再点一次。", "red");
  return state === "here";
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else if (form.dataset.asked || !isStale()) form.dataset.sent = "1";
  else {
    event.preventDefault();
    form.dataset.sent = "1";
    void mayGo().then((may) => {
      delete form.dataset.sent;
      if (!may) return;
      form.dataset.asked = "1";
      form.requestSubmit((event as SubmitEvent).submitter);
    });
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    delete form.dataset.asked;
  });
});

// A form in the panel goes by htmx.
document.addEventListener("htmx:confirm", (event) => {
  const { verb, elt, issueRequest } = (event as CustomEvent<{ verb: string; elt: Element; issueRequest(ask: boolean): void }>).detail;
  if (verb !== "post" || !(elt instanceof HTMLFormElement) || !isStale()) return;
  event.preventDefault();
  void mayGo().then((may) => may && issueRequest(true));
});
