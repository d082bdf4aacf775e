// Keeps the page as it is on the board: parts come as HTML that was escaped there, each for one element.

const body = document.body;
const link = document.querySelector("#link");
const ahead = Number(body.dataset.now) * 1000 - Date.now();

function place(name) {
  const found = document.getElementById(name);
  if (found || !name.startsWith("b-row-")) return found;
  const row = document.createElement("tr");
  row.id = name;
  document.querySelector("#rows").append(row);
  return row;
}

function put(name, html) {
  if (name.startsWith("b-row-") && !html) return document.getElementById(name)?.remove();
  const part = place(name);
  if (!part) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.innerHTML = html;
  if (focused) (document.getElementById(focused) ?? part.querySelector("button, a"))?.focus();
}

function tick() {
  for (const clock of document.querySelectorAll(".clock")) {
    const left = Math.max(0, Math.round((Number(clock.dataset.end) * 1000 - Date.now() - ahead) / 1000));
    const text = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
    if (clock.textContent !== text) clock.textContent = text;
  }
}

const stream = new EventSource(`stream?view=${body.dataset.view}&seen=${body.dataset.mark}`);
stream.onmessage = (message) => {
  for (const [name, html] of JSON.parse(message.data)) put(name, html);
  tick();
};
if (link) {
  stream.onopen = () => (link.textContent = body.dataset.live);
  stream.onerror = () => (link.textContent = body.dataset.silent);
}
setInterval(tick, 1000);
tick();

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new URLSearchParams(new FormData(event.target, event.submitter));
  try {
    const answer = await fetch(event.target.action, { method: "POST", body: data });
    if (!answer.ok && link) link.textContent = `${body.dataset.failed} (${answer.status})`;
  } catch {
    if (link) link.textContent = body.dataset.silent;
  }
});
