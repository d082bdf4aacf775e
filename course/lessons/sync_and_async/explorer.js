// Three settings; each change asks the kernel for a real run, and the kernel sends the picture.
// JupyterLab's one-key shortcuts look at the focused element itself, so each carries the mark.

const PAUSE = 350; // milliseconds after the last change, so that a slider being moved is left alone

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function labelled(text, control) {
  const label = make("label", "ex-setting");
  control.dataset.lmSuppressShortcuts = "true";
  label.append(make("span", "ex-label", text), control);
  return label;
}

function drawKinds(kinds) {
  const select = make("select");
  for (const kind of kinds) select.append(new Option(kind, kind));
  return select;
}

function drawSlider([low, high], step) {
  const slider = make("input");
  slider.type = "range";
  [slider.min, slider.max, slider.step] = [low, high, step];
  return slider;
}

function render({ model, el }) {
  const labels = model.get("labels");
  const root = make("div", "ex");
  const form = make("form", "ex-form");
  const kind = drawKinds(model.get("kinds"));
  const requests = drawSlider(model.get("ranges").requests, 1);
  const milliseconds = drawSlider(model.get("ranges").milliseconds, 10);
  const values = new Map([requests, milliseconds].map((slider) => [slider, make("output")]));
  const again = make("button", "ex-button", labels.run);
  again.dataset.lmSuppressShortcuts = "true";
  form.append(labelled(labels.kind, kind));
  for (const [slider, name] of [[requests, "requests"], [milliseconds, "milliseconds"]]) {
    const label = labelled(labels[name], slider);
    label.append(values.get(slider));
    form.append(label);
  }
  form.append(again);
  const words = make("p", "ex-words");
  words.setAttribute("role", "status");
  const picture = make("div", "ex-picture");
  root.append(form, words, picture);
  el.append(root);

  const setting = () => ({ kind: kind.value, requests: +requests.value, milliseconds: +milliseconds.value });
  let running = false;
  let wanted = false;
  let timer;
  const run = () => {
    clearTimeout(timer);
    if (running) {
      wanted = true; // once more when this run is over
      return;
    }
    running = true;
    wanted = false;
    root.dataset.running = "true";
    words.textContent = labels.running;
    model.send(setting());
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(run, PAUSE);
  };
  const tell = () => values.forEach((output, slider) => (output.textContent = slider.value));
  const show = () => {
    running = false;
    delete root.dataset.running;
    words.textContent = model.get("seen").words;
    picture.innerHTML = model.get("seen").picture; // drawn, and escaped, by the kernel
    if (wanted) run();
  };

  const start = model.get("setting");
  [kind.value, requests.value, milliseconds.value] = [start.kind, start.requests, start.milliseconds];
  form.addEventListener("input", () => {
    tell();
    later();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  model.on("change:seen", show);
  tell();
  show();
  return () => {
    clearTimeout(timer);
    model.off("change:seen", show);
  };
}

export default { render };
