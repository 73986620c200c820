// Two minutes before a session ends for want of use, the page asks.
const seconds = Number(document.body.dataset.idle);
const dialog = document.getElementById("idle");
let timer = null;

function begin() {
  clearTimeout(timer);
  timer = setTimeout(() => dialog.showModal(), Math.max(seconds - 120, 1) * 1000);
}

async function stay() {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const answer = await fetch(document.body.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token } });
  if (answer.ok && !answer.redirected) begin();
  else location.reload();
}

if (seconds) {
  dialog.addEventListener("close", stay);
  document.addEventListener("htmx:afterRequest", begin);
  begin();
}
