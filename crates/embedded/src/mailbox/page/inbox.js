// The page of the mailbox: asks for messages every two seconds, lists them, and shows the one that
// the address names (#<id>). What comes from a message reaches the page as text, never as markup.

const REFRESH_MS = 2000;

const $ = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });

let messages = null;
let eTag = null;
let shown = null;

/** The six-digit code of a message, outside of links and longer numbers. */
function findCode(message) {
  const words = message.text || new DOMParser().parseFromString(message.html ?? "", "text/html").body.textContent;
  return words.replace(/https?:\/\/\S+/g, " ").match(/(?<![\d#.,-])\d{6}(?![\d.,-]*\d)/)?.[0] ?? null;
}

function shortTime(message) {
  const at = new Date(message.createdAt);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : calendar.format(at);
}

function headline(message) {
  return message.subject || message.text.trim().split("\n")[0] || "(no text)";
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function item(message) {
  const time = element("time", { dateTime: message.createdAt, textContent: shortTime(message) });
  const what = element("span", { className: "what" });
  if (message.kind === "sms") what.append(element("span", { className: "kind", textContent: "SMS" }));
  what.append(headline(message));
  const who = element("span", { className: "who", textContent: message.to });
  const link = element("a", { className: "item", href: `#${message.id}` }, who, time, what);
  if (message.id === selectedId()) link.setAttribute("aria-current", "true");
  return element("li", {}, link);
}

function selectedId() {
  return location.hash.slice(1);
}

function matches(message, wanted) {
  return [message.to, message.subject ?? ""].some((part) => part.toLowerCase().includes(wanted));
}

function renderList() {
  const wanted = $("search").value.trim().toLowerCase();
  const found = messages.filter((message) => matches(message, wanted));
  const focused = document.activeElement?.closest?.(".item")?.getAttribute("href");
  $("messages").replaceChildren(...found.map(item));
  if (focused) document.querySelector(`.item[href="${CSS.escape(focused)}"]`)?.focus();
  $("no-match").hidden = found.length > 0 || messages.length === 0;
  $("clear").disabled = messages.length === 0;
  document.title = messages.length ? `Mailbox (${messages.length})` : "Mailbox";
}

function renderMessage() {
  const message = messages.find((each) => each.id === selectedId());
  document.body.classList.toggle("reading", Boolean(message));
  $("message").hidden = !message;
  $("welcome").hidden = Boolean(message);
  if (!message) {
    shown = null;
    const empty = messages.length === 0;
    $("welcome-title").textContent = empty ? "No messages yet" : "Choose a message";
    $("welcome-text").textContent = empty
      ? "Sign up, invite somebody or ask for a code: what the product sends appears here at once."
      : "Codes, invitations and notices of this machine, newest first.";
    return;
  }
  if (shown === message.id) return;
  shown = message.id;
  $("subject").textContent = message.subject || "Text message";
  $("to").textContent = message.to;
  $("from").textContent = message.from ?? "";
  $("from-row").hidden = !message.from;
  $("time").dateTime = message.createdAt;
  $("time").textContent = moment.format(new Date(message.createdAt));
  const code = findCode(message);
  $("code-box").hidden = !code;
  $("code").textContent = code ?? "";
  $("copy").textContent = "Copy code";
  $("tabs").hidden = !message.html || !message.text;
  $("text").textContent = message.text;
  // Replaced, not set: the back button belongs to the list.
  $("html").contentWindow.location.replace(message.html ? `/messages/${message.id}` : "about:blank");
  showAs(message.html ? "html" : "text");
}

function showAs(form) {
  $("html").hidden = form !== "html";
  $("text").hidden = form !== "text";
  $("as-html").setAttribute("aria-pressed", String(form === "html"));
  $("as-text").setAttribute("aria-pressed", String(form === "text"));
}

async function refresh() {
  const headers = eTag ? { "If-None-Match": eTag } : {};
  const response = await fetch("/api/messages", { headers, cache: "no-store" });
  if (response.status === 304) return;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const before = messages;
  messages = await response.json();
  eTag = response.headers.get("ETag");
  const news = before ? messages.filter((each) => !before.some((old) => old.id === each.id)) : [];
  if (news.length === 1) $("status").textContent = `New message for ${news[0].to}: ${headline(news[0])}`;
  if (news.length > 1) $("status").textContent = `${news.length} new messages`;
  renderList();
  renderMessage();
}

async function keepFresh() {
  for (;;) {
    if (!document.hidden || !messages) {
      const failed = await refresh().then(() => false, () => true);
      $("offline").hidden = !failed;
    }
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

$("search").addEventListener("input", () => messages && renderList());
$("as-html").addEventListener("click", () => showAs("html"));
$("as-text").addEventListener("click", () => showAs("text"));
$("clear").addEventListener("click", () => $("confirm").showModal());
$("confirm-no").addEventListener("click", () => $("confirm").close());
$("confirm-yes").addEventListener("click", async () => {
  $("confirm").close();
  const answer = await fetch("/api/messages", { method: "DELETE" }).catch(() => null);
  $("status").textContent = answer?.ok ? "All messages are cleared." : "The messages could not be cleared.";
  await refresh().catch(() => ($("offline").hidden = false));
});
$("copy").addEventListener("click", async () => {
  const copied = await navigator.clipboard.writeText($("code").textContent).then(() => true, () => false);
  if (!copied) getSelection().selectAllChildren($("code"));
  $("copy").textContent = copied ? "Copied" : "Selected, now copy";
  $("status").textContent = copied ? "Code copied." : "";
});
addEventListener("hashchange", () => {
  if (!messages) return;
  renderList();
  renderMessage();
  if (shown) $("view").focus();
});
document.addEventListener("visibilitychange", () => document.hidden || refresh().catch(() => ($("offline").hidden = false)));

keepFresh();
