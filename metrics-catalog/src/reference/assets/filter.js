"use strict";
const filter = document.getElementById("filter");
const count = document.getElementById("count");
const none = document.getElementById("none");
const all = count.textContent;
const sections = [...document.querySelectorAll("main > section")];
const lists = [...document.querySelectorAll("nav > section")];
const groups = sections.map((section, index) => {
  const items = [...lists[index].querySelectorAll("li")];
  const articles = [...section.querySelectorAll("article")];
  const metrics = articles.map((article, at) => ({
    parts: [article, items[at]],
    text: article.textContent.toLowerCase(),
  }));
  return { parts: [section, lists[index]], metrics };
});

function show(parts, isShown) {
  for (const part of parts) part.hidden = !isShown;
}

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of groups) {
    let inGroup = 0;
    for (const metric of group.metrics) {
      const isShown = words.every((word) => metric.text.includes(word));
      show(metric.parts, isShown);
      inGroup += isShown;
    }
    show(group.parts, inGroup > 0);
    shown += inGroup;
  }
  count.textContent = words.length ? `${shown} of ${all}` : all;
  none.hidden = shown > 0 || !words.length;
}

// A link to a metric that the filter hides shows the metric.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.hidden) {
    filter.value = "";
    apply();
    target.scrollIntoView();
  }
}

filter.addEventListener("input", apply);
addEventListener("hashchange", reveal);
addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== filter) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape" && event.target === filter) {
    filter.value = "";
    apply();
  }
});
filter.hidden = false;
// Browsers restore the text of the filter when they load the page again.
apply();
