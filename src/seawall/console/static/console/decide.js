// Exceptions that a person chooses in the table are kept in the decision's form, over all pages of the table.
const form = document.querySelector("[data-decision]");
const list = document.querySelector("[data-exceptions]");

function selects(account) {
  const wanted = CSS.escape(account);
  return {
    action: document.querySelector(`select[data-part="action"][data-account="${wanted}"]`),
    role: document.querySelector(`select[data-part="role"][data-account="${wanted}"]`),
  };
}

function entry(account) {
  return list.querySelector(`[data-exception="${CSS.escape(account)}"]`);
}

function stale() {
  document.getElementById("preview").replaceChildren();
}

function drop(account) {
  entry(account)?.remove();
  list.querySelector("[data-none]").hidden = list.querySelector("[data-exception]") !== null;
  stale();
}

function keep(account, shown, action, role) {
  entry(account)?.remove();
  const line = document.createElement("li");
  line.dataset.exception = account;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: `account:${account}`, value: action.value ? `${action.value} ${role.value}` : "" });
  const words = document.createElement("span");
  words.textContent = `${shown}: ${action.selectedOptions[0].textContent}, ${role.selectedOptions[0].textContent} `;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "small quiet", textContent: "×" });
  button.setAttribute("aria-label", shown);
  button.addEventListener("click", () => { action.value = "-"; drop(account); });
  line.append(input, words, button);
  list.append(line);
  list.querySelector("[data-none]").hidden = true;
  stale();
}

if (form) {
  document.addEventListener("change", (event) => {
    const { account } = event.target.dataset;
    if (account) {
      const { action, role } = selects(account);
      if (action.value === "-") drop(account);
      else keep(account, action.dataset.shown, action, role);
    } else if (form.contains(event.target) && event.target.matches("select, [type=checkbox]")) stale();
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const line of list.querySelectorAll("[data-exception]")) {
      const { action, role } = selects(line.dataset.exception);
      const [chosen, judged] = line.querySelector("input").value.split(" ");
      if (action) action.value = chosen;
      if (role && judged) role.value = judged;
    }
  });
}
