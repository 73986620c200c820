// Every page by keyboard: rows with j and k, and a letter for each action that the page offers.
const on = document.body.dataset.keys === "on";
let prefix = "";

function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  (next?.querySelector("[data-open]") ?? next)?.focus();
}

function press(key) {
  const row = document.activeElement.closest("[data-row]");
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const target = row?.querySelector(wanted) ?? document.querySelector(wanted);
  if (!target) return false;
  if (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, h2, tr")) target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = prefix + event.key;
  prefix = "";
  if (event.key === "g" && key === "g") prefix = "g ";
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "?") document.getElementById("keys").showModal();
  else if (!press(key)) return;
  event.preventDefault();
});

for (const menu of document.querySelectorAll("[data-menu]")) {
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}
