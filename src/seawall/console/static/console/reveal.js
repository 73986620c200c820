// Text is shown while a person holds, and hidden again when they let go or leave.
let open = null;

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

function tell(place, words) {
  place.querySelector("[data-told]").textContent = words;
}

async function show(place, held) {
  const body = new FormData();
  body.append("purpose", place.closest("form").elements.purpose.value);
  if (place.dataset.term) body.append("term", place.dataset.term);
  const started = { place, id: null, at: performance.now(), held };
  open = started;
  const answer = await fetch(place.dataset.reveal, {
    method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" },
  }).catch(() => null);
  const said = answer && (await answer.json().catch(() => null));
  if (!said || said.refused) {
    tell(place, said ? said.refused : place.dataset.failed);
    open = null;
    return;
  }
  started.id = said.id;
  if (open !== started) { finish(started); return; }
  started.at = performance.now();
  place.querySelector(".shown").textContent = said.text;
  place.querySelector(".shown").hidden = false;
  place.querySelector(".masked").hidden = true;
  place.classList.add("open");
  tell(place, said.told);
}

function finish(started) {
  if (!started.id) return;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  body.append("milliseconds", Math.round(performance.now() - started.at));
  navigator.sendBeacon(`${started.place.dataset.reveal}${started.id}/`, body);
}

function hide() {
  if (!open) return;
  const { place } = open;
  place.querySelector(".shown").textContent = "";
  place.querySelector(".shown").hidden = true;
  place.querySelector(".masked").hidden = false;
  place.classList.remove("open");
  finish(open);
  open = null;
}

function begin(event) {
  const button = event.target.closest?.("[data-hold]");
  if (!button || event.repeat) return;
  if (event.type === "keydown" && event.key !== " " && event.key !== "Enter") return;
  if (event.type === "pointerdown" && event.button !== 0) return;
  event.preventDefault();
  const place = button.closest(".hidden-text");
  const wasOpen = open && open.place === place;
  hide();
  if (!(wasOpen && button.dataset.hold === "press")) show(place, button.dataset.hold === "hold");
}

function release() {
  if (open && open.held) hide();
}

document.addEventListener("pointerdown", begin);
document.addEventListener("keydown", begin);
document.addEventListener("click", (event) => { if (event.target.closest("[data-hold]")) event.preventDefault(); });
document.addEventListener("contextmenu", (event) => { if (event.target.closest("[data-hold]")) event.preventDefault(); });
for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, release);
document.addEventListener("focusout", hide);
document.addEventListener("copy", (event) => { if (open) event.preventDefault(); });
document.addEventListener("visibilitychange", hide);
for (const name of ["blur", "pagehide"]) window.addEventListener(name, hide);
