// Buttons under a check's verdict: a hint, the solution. What they bring, the kernel makes.

function render({ model, el }) {
  const root = make("div", "cp cp-help");
  const row = make("div", "cp-buttons");
  const brought = make("div", "cp-brought");
  brought.setAttribute("role", "status");
  const note = make("p", "cp-dead");
  note.setAttribute("role", "status");
  const labels = model.get("labels");
  root.append(make("p", "cp-step", labels.next), row, note, brought);
  let waiting;
  const ask = (act) => {
    note.textContent = "";
    model.send({ act });
    clearTimeout(waiting);
    waiting = setTimeout(() => (note.textContent = labels.silent), SILENCE);
  };
  const drawButtons = () => {
    const focused = row.contains(document.activeElement);
    row.replaceChildren(
      ...model.get("buttons").map(({ act, label }) => {
        const button = quiet(make("button", "cp-button cp-quiet"));
        button.type = "button";
        button.textContent = label;
        button.dataset.act = act;
        button.addEventListener("click", () => ask(act));
        return button;
      }),
    );
    if (focused) (row.querySelector(`[data-act="${ask.last}"]`) ?? row.lastElementChild)?.focus();
  };
  row.addEventListener("click", (event) => (ask.last = event.target.dataset?.act), true);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    goOn(el, { run: true });
  });
  const drawBrought = () => {
    clearTimeout(waiting);
    brought.replaceChildren(...model.get("brought").map((html) => make("div", "", html)));
    brought.lastElementChild?.scrollIntoView({ block: "nearest" });
  };
  drawButtons();
  drawBrought();
  model.on("change:buttons", drawButtons);
  model.on("change:brought", drawBrought);
  el.append(root);
  let forget = () => {};
  let leave = () => {};
  requestAnimationFrame(() => {
    leave = followLinks(el);
    forget = watchKernel(model, (alive) => {
      row.hidden = !alive;
      note.textContent = alive ? "" : labels.dead;
    });
  });
  return () => {
    forget();
    leave();
    model.off("change:buttons", drawButtons);
    model.off("change:brought", drawBrought);
  };
}

export default { render };
