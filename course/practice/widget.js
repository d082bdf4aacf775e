// Draws the questions and sends what was chosen. Which option is right, only the kernel knows.
// JupyterLab's one-key shortcuts (`d d` deletes a cell) look at the focused element itself, so each carries the mark.

function quiet(element) {
  element.dataset.lmSuppressShortcuts = "true";
  return element;
}

function make(tag, className, html) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (html) element.innerHTML = html; // made, and escaped, by the kernel
  return element;
}

function drawQuestion(model, question, group) {
  const form = make("form", "cp-question");
  const fieldset = make("fieldset");
  const legend = make("legend", "", question.ask);
  if (question.number) legend.prepend(make("p", "cp-number", question.number));
  if (question.several) legend.append(make("p", "cp-several", question.several));
  fieldset.append(legend);
  const inputs = question.options.map((option) => {
    const label = make("label", "cp-option");
    const input = quiet(make("input"));
    input.type = question.several ? "checkbox" : "radio";
    input.name = group;
    input.value = option.letter;
    label.append(input, make("span", "cp-letter", option.letter), make("span", "cp-text", option.html));
    fieldset.append(label);
    return input;
  });
  const isPrediction = question.kind === "prediction";
  const labels = model.get("labels");
  const send = quiet(make("button", "cp-button", isPrediction ? labels.commit : labels.choose));
  send.type = "submit";
  const compare = quiet(make("button", "cp-button cp-quiet", labels.compare));
  compare.type = "button";
  const buttons = make("div", "cp-buttons");
  buttons.append(send, compare);
  const verdict = make("div", "cp-feedback");
  verdict.setAttribute("role", "status");
  form.append(fieldset, buttons, verdict);

  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  let waiting;
  const ask = (message) => {
    model.send({ ...message, id: question.id });
    clearTimeout(waiting);
    waiting = setTimeout(() => (verdict.innerHTML = `<p>${labels.silent}</p>`), 4000);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen().length) ask({ type: "answer", chosen: chosen() });
    else verdict.innerHTML = `<p>${labels["nothing-chosen"]}</p>`;
  });
  form.addEventListener("keydown", (event) => {
    // Enter answers, as in any form; a checkbox would not do that by itself.
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  compare.addEventListener("click", () => ask({ type: "compare" }));

  const show = () => {
    clearTimeout(waiting);
    const standing = model.get("standings")[question.id];
    form.dataset.state = standing.state;
    compare.hidden = standing.state !== "noted";
    verdict.innerHTML = standing.html;
    for (const input of inputs) {
      input.checked = standing.chosen.includes(input.value);
      input.closest("label").dataset.chosen = input.checked;
    }
  };
  fieldset.addEventListener("change", () => {
    for (const input of inputs) input.closest("label").dataset.chosen = input.checked;
    form.dataset.state = "open";
  });
  return { form, show, shown: () => JSON.stringify(model.get("standings")[question.id]) };
}

let groups = 0;

function render({ model, el }) {
  const root = make("div", "cp cp-quiz");
  if (model.get("note")) root.append(make("p", "cp-note", model.get("note")));
  const drawn = model.get("questions").map((question) => {
    const part = drawQuestion(model, question, `cp-group-${(groups += 1)}-${Math.random()}`);
    root.append(part.form);
    part.show();
    part.last = part.shown();
    return part;
  });
  const update = () => {
    for (const part of drawn) {
      if (part.shown() === part.last) continue; // do not undo a choice that is being made elsewhere
      part.last = part.shown();
      part.show();
    }
  };
  model.on("change:standings", update);
  el.append(root);
  // What the output before this one shows is for later, when there is no kernel.
  requestAnimationFrame(() => el.closest(".jp-OutputArea")?.classList.add("cp-live"));
  return () => model.off("change:standings", update);
}

export default { render };
