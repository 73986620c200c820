// Accounts chosen in the table become exceptions in the decision's form, and stay so on every page of the table.
const form = document.querySelector("[data-decision]");
const list = document.querySelector("[data-exceptions]");

function picked() {
  return [...document.querySelectorAll("[data-pick]:checked")];
}

function count() {
  form.querySelector("[data-picked]").textContent = picked().length;
}

function changed() {
  document.getElementById("preview").replaceChildren();
  list.querySelector("[data-none]").hidden = list.querySelector("[data-exception]") !== null;
}

function keep({ pick, shown, role }, action, judged) {
  list.querySelector(`[data-exception="${CSS.escape(pick)}"]`)?.remove();
  const line = document.createElement("li");
  line.dataset.exception = pick;
  const input = document.createElement("input");
  const value = action.value ? `${action.value} ${judged.value || role}` : "";
  Object.assign(input, { type: "hidden", name: `account:${pick}`, value });
  const words = document.createElement("span");
  words.textContent = `${shown} ${action.selectedOptions[0].textContent}${judged.value ? `, ${judged.selectedOptions[0].textContent}` : ""}`;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "bare", textContent: "×" });
  button.setAttribute("aria-label", `${words.textContent} ×`);
  button.addEventListener("click", () => { line.remove(); changed(); });
  line.append(input, words, button);
  list.append(line);
}

if (form) {
  form.querySelector("[data-except]").addEventListener("click", () => {
    const action = form.querySelector("[data-except-action]");
    const judged = form.querySelector("[data-except-role]");
    for (const box of picked()) {
      keep(box.dataset, action, judged);
      box.checked = false;
    }
    count();
    changed();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) count();
    else if (form.contains(event.target) && event.target.matches('select[name], [type="checkbox"]')) changed();
  });
  document.addEventListener("htmx:afterSwap", count);
}
