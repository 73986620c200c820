// A mark on the map and its row in the table are one: pointing at either lights up the other.
function marks(row) {
  return document.querySelectorAll(`.map use[data-at="${CSS.escape(row)}"]`);
}

function light(row) {
  for (const mark of document.querySelectorAll(".map use.chosen")) mark.classList.remove("chosen");
  for (const mark of marks(row)) mark.classList.add("chosen");
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest(".map use[data-at]");
  if (!mark) return;
  const row = document.querySelector(`[data-member="${CSS.escape(mark.dataset.at)}"]`);
  light(mark.dataset.at);
  row?.closest("details")?.setAttribute("open", "");
  row?.scrollIntoView({ block: "center" });
  row?.querySelector("a, input, button")?.focus({ preventScroll: true });
});

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const row = event.target.closest?.("[data-member]");
    if (row) light(row.dataset.member);
  });
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-light]")) return;
  const chosen = [...document.querySelectorAll("[data-light]:checked")].map((box) => box.dataset.light);
  const map = document.querySelector(".map");
  map.classList.toggle("dimmed", chosen.length > 0);
  for (const mark of map.querySelectorAll("use")) mark.classList.toggle("lit", chosen.includes(mark.getAttribute("class").split(" ")[0]));
});
