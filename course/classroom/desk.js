// The learner's line of the class board: what is said, and the timer, which runs here between two messages.

function render({ model, el }) {
  const line = document.createElement("p");
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const timer = document.createElement("strong");
  line.append(said, " ", timer);
  el.append(line);
  let end = null;
  const tick = () => {
    const left = end === null ? 0 : Math.max(0, Math.round((end - Date.now()) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    timer.textContent = left ? `${model.get("timer")} ${clock}` : "";
  };
  const draw = () => {
    said.textContent = model.get("said");
    const left = model.get("left");
    end = left === null ? null : Date.now() + left * 1000;
    tick();
  };
  draw();
  model.on("change", draw);
  const ticking = setInterval(tick, 1000);
  return () => clearInterval(ticking);
}

export default { render };
