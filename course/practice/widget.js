// Draws the questions and sends what was chosen. Which option is right, only the kernel knows.

function drawQuestion(model, question, group, el) {
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
    input.value = option.key;
    input.dataset.letter = option.letter;
    label.append(input, make("span", "cp-letter", option.letter), make("span", "cp-text", option.html));
    fieldset.append(label);
    return input;
  });
  const isPrediction = question.kind === "prediction";
  const labels = model.get("labels");
  const send = quiet(make("button", "cp-button", isPrediction ? labels.commit : labels.choose));
  send.type = "submit";
  const buttons = make("div", "cp-buttons");
  buttons.append(send);
  const verdict = make("div", "cp-feedback");
  verdict.setAttribute("role", "status");
  form.append(fieldset, buttons, verdict);

  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const marked = () => inputs.forEach((input) => (input.closest("label").dataset.chosen = input.checked));
  let waiting;
  let unsent = false;
  const say = (html) => (verdict.innerHTML = html);
  const submit = () => {
    if (fieldset.disabled) return false;
    if (!chosen().length) {
      say(`<p>${labels["nothing-chosen"]}</p>`);
      return false;
    }
    say("");
    unsent = false;
    model.send({ type: "answer", chosen: chosen(), id: question.id });
    clearTimeout(waiting);
    waiting = setTimeout(() => say(`<p>${labels.silent}</p>`), SILENCE);
    return true;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit() && isPrediction) goOn(el);
  });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      if (!unsent || submit()) goOn(el, { run: true });
    } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
      // Enter answers, as in any form; a checkbox would not do that by itself.
      event.preventDefault();
      form.requestSubmit();
    } else if (!event.shiftKey) {
      const input = inputs.find((each) => each.dataset.letter === event.key);
      if (!input) return;
      event.preventDefault();
      input.focus();
      input.click();
    }
  });

  const show = () => {
    clearTimeout(waiting);
    const standing = model.get("standings")[question.id];
    form.dataset.state = standing.state;
    say(standing.html);
    for (const input of inputs) input.checked = standing.chosen.includes(input.value);
    marked();
    unsent = false;
  };
  fieldset.addEventListener("change", () => {
    marked();
    clearTimeout(waiting);
    form.dataset.state = "open";
    say(""); // it was said about another choice
    unsent = true;
  });
  const live = (alive) => {
    fieldset.disabled = !alive;
    buttons.hidden = !alive;
    verdict.hidden = !alive;
  };
  const focus = () => (inputs.find((input) => input.checked) ?? inputs[0]).focus();
  const isOpen = () => model.get("standings")[question.id].state === "open";
  return { form, show, live, focus, isOpen, shown: () => JSON.stringify(model.get("standings")[question.id]) };
}

// Unfold the explanation that follows: the first one in prose behind this cell.
function unfold(el) {
  const cell = cellOf(el);
  const fold = cell && cellsBelow(cell).map((each) => each.querySelector(".jp-MarkdownOutput details")).find(Boolean);
  if (fold) fold.open = true;
}

let groups = 0;

function render({ model, el }) {
  const root = make("div", "cp cp-quiz");
  if (model.get("note")) root.append(make("p", "cp-note", model.get("note")));
  const dead = make("p", "cp-dead");
  dead.setAttribute("role", "status");
  root.append(dead);
  const drawn = model.get("questions").map((question) => {
    const part = drawQuestion(model, question, `cp-group-${(groups += 1)}-${Math.random()}`, el);
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
  const hear = (message) => message.type === "unfold" && unfold(el);
  model.on("change:standings", update);
  model.on("msg:custom", hear);
  el.append(root);
  let forget = () => {};
  let leave = () => {};
  requestAnimationFrame(() => {
    // What the output before this one shows is for later, when there is no kernel.
    el.closest(".jp-OutputArea")?.classList.add("cp-live");
    leave = followLinks(el);
    forget = watchKernel(model, (alive) => {
      dead.textContent = alive ? "" : model.get("labels").dead;
      drawn.forEach((part) => part.live(alive));
    });
    if (isAwaited(el)) (drawn.find((part) => part.isOpen()) ?? drawn[0]).focus();
  });
  return () => {
    forget();
    leave();
    model.off("change:standings", update);
    model.off("msg:custom", hear);
  };
}

export default { render };
