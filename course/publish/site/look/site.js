// Questions that can be answered on the page, and JupyterLab's mark for light and dark, which pictures look at.
// Everything that is shown stands in the page; without this script the reasons can be unfolded.

(() => {
  const html = document.documentElement;

  function followTheme() {
    document.body.dataset.jpThemeLight = String(html.dataset.theme !== "dark");
  }

  function prepareForPaper() {
    document.body.dataset.jpThemeLight = "true";
    for (const fold of document.querySelectorAll(".course-fold")) fold.open = true;
  }

  function verdict(form, chosen) {
    const items = [...form.querySelectorAll(".course-why li")];
    const isRight = (letter) => items.some((item) => item.dataset.letter === letter && "right" in item.dataset);
    const right = items.filter((item) => "right" in item.dataset).map((item) => item.dataset.letter);
    const mistakes = chosen.filter((letter) => !isRight(letter));
    const state = mistakes.length ? "wrong" : chosen.length < right.length ? "partly" : "right";
    const shown = form.dataset.kind === "prediction" && state !== "right" ? [...mistakes, ...right] : mistakes.length ? mistakes : chosen;
    return { state, reasons: items.filter((item) => shown.includes(item.dataset.letter)) };
  }

  function prepare(form, words) {
    const box = form.querySelector(".course-verdict");
    const why = form.querySelector(".course-why");
    const compare = form.querySelector(".course-compare");
    const isPrediction = form.dataset.kind === "prediction";
    const chosen = () => [...form.querySelectorAll("input:checked")].map((input) => input.value);

    const say = (state, sentence, reasons = []) => {
      form.dataset.state = state;
      const line = document.createElement("p");
      line.className = "course-sentence";
      line.textContent = sentence;
      const list = document.createElement("ul");
      list.append(...reasons.map((item) => item.cloneNode(true)));
      box.replaceChildren(line, ...(reasons.length ? [list] : []));
    };
    const reveal = () => {
      const { state, reasons } = verdict(form, chosen());
      say(state, isPrediction ? (state === "right" ? words.predictedRight : words.predictedWrong) : words[state], reasons);
      compare.hidden = true;
      why.hidden = state !== "right" && !isPrediction; // else the next try would be no try
      why.open = false;
    };

    why.hidden = true;
    why.querySelector("summary").textContent = words.all;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!chosen().length) say("open", words.choose);
      else if (isPrediction) {
        say("noted", words.noted);
        compare.hidden = false;
      } else reveal();
    });
    compare.addEventListener("click", reveal);
    form.addEventListener("change", () => {
      form.dataset.state = "open";
      box.replaceChildren();
      compare.hidden = true;
      why.hidden = true;
    });
  }

  html.classList.add("course-scripted");
  followTheme();
  new MutationObserver(followTheme).observe(html, { attributes: true, attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", prepareForPaper);
  addEventListener("afterprint", followTheme);
  const words = document.getElementById("course-words")?.dataset;
  if (words) for (const form of document.querySelectorAll(".course-ask")) prepare(form, words);
})();
