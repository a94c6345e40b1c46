"use strict";
// Reads the values of a moment out of every chart of the timeline. Without this script the page lacks nothing else.
document.documentElement.classList.add("scripted");
const timeline = document.querySelector(".timeline");
const slider = timeline.querySelector("input");
const length = Number(timeline.dataset.length);
const charts = [...timeline.querySelectorAll(".chart")].map((figure) => {
  const plot = figure.querySelector(".plot");
  const cursor = plot.appendChild(document.createElement("div"));
  cursor.className = "cursor";
  cursor.hidden = true;
  const outputs = [...figure.querySelectorAll("output[data-values]")];
  const lines = outputs.map((output) => ({ output, values: output.dataset.values.split(" ") }));
  return { svg: plot.querySelector("svg"), cursor, lines, step: Number(figure.dataset.step) };
});

function show(moment) {
  const at = Math.max(0, Math.min(length, moment));
  const words = "+" + (at / 1000).toFixed(1) + " s";
  slider.value = at;
  slider.setAttribute("aria-valuetext", words);
  slider.previousElementSibling.textContent = words;
  for (const chart of charts) {
    chart.cursor.hidden = false;
    const [plot, drawing] = [chart.cursor.parentElement, chart.svg].map((element) => element.getBoundingClientRect());
    chart.cursor.style.left = drawing.left - plot.left + drawing.width * at / length + "px";
    const nth = Math.floor(at / chart.step);
    for (const { output, values } of chart.lines) {
      const value = values[Math.min(nth, values.length - 1)];
      output.textContent = value === "-" ? "none" : value;
    }
  }
}

slider.addEventListener("input", () => show(Number(slider.value)));
for (const { svg } of charts) {
  const move = (event) => {
    const box = svg.getBoundingClientRect();
    show((event.clientX - box.left) / box.width * length);
  };
  svg.addEventListener("pointermove", move);
  svg.addEventListener("pointerdown", move);
}

// `report.html#check` tells the page that frames it what a test wants to know.
if (location.hash === "#check") {
  show(length / 2);
  const root = document.documentElement;
  const sections = [...document.querySelectorAll("section")];
  const drawn = "table, figure, .bars, .waterfall, .sequence, dl, ul, pre";
  const hangsOver = (element) => !element.closest(".scroll") && element.getBoundingClientRect().right > root.clientWidth + 1;
  const hasNoWords = (svg) => !svg.querySelector("title")?.textContent || !svg.querySelector("desc")?.textContent;
  parent.postMessage(JSON.stringify({
    width: root.clientWidth,
    fits: root.scrollWidth <= root.clientWidth,
    overhanging: [...document.querySelectorAll("body *")].filter(hangsOver).map((element) => element.outerHTML.slice(0, 80)).slice(0, 5),
    sections: Object.fromEntries(sections.map((section) => [section.id, section.querySelectorAll(drawn).length])),
    without_words: [...document.querySelectorAll("svg[role=img]")].filter(hasNoWords).length,
    readings: charts.flatMap((chart) => chart.lines).filter((line) => line.output.textContent !== "").length,
  }), "*");
}
