// What the widgets share: their elements, a kernel that may be gone, and the cells around them.
// Outside of JupyterLab there are no such cells, and the functions that look for them do nothing.
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

const SILENCE = 4000;

// `tell(false)` when the widget's kernel is gone, which the real model knows; `model` stands in for that.
function watchKernel(model, tell) {
  const look = async () => {
    const found = Promise.resolve(model.widget_manager?.get_model?.(model.get("me")));
    const real = await found.catch(() => undefined); // other front ends know no such model
    tell(real?.comm_live !== false);
  };
  model.on("comm_live_update", look);
  look();
  return () => model.off("comm_live_update", look);
}

function cellOf(el) {
  return el.closest(".jp-Notebook .jp-Cell");
}

function cellsBelow(cell) {
  const cells = [...cell.closest(".jp-Notebook").querySelectorAll(".jp-Cell")];
  return cells.slice(cells.indexOf(cell) + 1);
}

// Make a cell the current one, in command mode, so that Shift+Enter runs it.
function enter(cell) {
  const place = cell.querySelector(".jp-Cell-inputWrapper") ?? cell;
  const mouse = { bubbles: true, cancelable: true, button: 0, view: window };
  for (const type of ["mousedown", "mouseup"]) place.dispatchEvent(new MouseEvent(type, mouse));
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest" });
}

function runCurrent() {
  const key = { key: "Enter", code: "Enter", keyCode: 13, shiftKey: true, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
}

// Go on to the next cell, and run it if asked to.
function goOn(el, { run = false } = {}) {
  const cell = cellOf(el);
  const next = cell && cellsBelow(cell)[0];
  if (!next) return;
  enter(next);
  if (run) runCurrent();
}

// Links to cells, in what the kernel has made. JupyterLab follows those of saved outputs only, so a link in a widget
// is followed by its twin there. And it scrolls before the cells above have got their height: so it is asked twice.
function followLinks(el) {
  const area = el.closest(".jp-OutputArea");
  if (!cellOf(el) || !area) return () => {};
  const follow = (event) => {
    const link = event.target.closest?.("a[href*='.ipynb']");
    if (!link || link.dataset.followed) return;
    if (el.contains(link)) {
      event.preventDefault();
      [...area.querySelectorAll(".cp-saved a")].find((each) => each.textContent === link.textContent)?.click();
      return;
    }
    setTimeout(() => {
      link.dataset.followed = "yes";
      link.click();
      delete link.dataset.followed;
    }, 400);
  };
  area.addEventListener("click", follow);
  return () => area.removeEventListener("click", follow);
}

// Whether the learner has just run this cell, and does nothing else.
function isAwaited(el) {
  const cell = cellOf(el);
  if (!cell || cell.closest(".jp-mod-editMode")) return false;
  const active = cell.closest(".jp-Notebook").querySelector(".jp-Cell.jp-mod-active");
  const focus = document.activeElement;
  const free = focus === document.body || (focus?.closest(".jp-Notebook") && !focus.closest(".jp-Cell-outputArea"));
  return Boolean(free && (active === cell || active === cellsBelow(cell)[0]));
}

