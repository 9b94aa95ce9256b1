"""How a gallery page looks, and what its slider does."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --ink: #22211f; --soft: #6a6762; --rule: #dcd8d1;
  --a: #2f5bd0; --b: #d9480f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #181817; --ink: #e9e6e1; --soft: #9d9890; --rule: #3a3835;
    --a: #8aa9ff; --b: #ff9d6c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif;
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 3rem 0 .75rem; }
p { margin: .4rem 0; }
header p, figcaption, section > p { color: var(--soft); }
figure { margin: 0 0 1.25rem; }
figcaption { margin-bottom: .4rem; }
img {
  display: block; width: min(100%, 40rem); height: auto;
  image-rendering: pixelated;
}
.slider {
  display: flex; gap: 1rem; align-items: center; width: min(100%, 40rem);
  margin: .75rem 0;
}
.slider label { min-width: 7.5rem; font-variant-numeric: tabular-nums; }
.slider input { flex: 1; accent-color: var(--a); min-height: 1.75rem; }
#grids.ready img:not(.shown) { display: none; }
.charts {
  display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
}
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 13px; fill: var(--soft); text-anchor: middle; }
svg text.end { text-anchor: end; }
.rule { stroke: var(--rule); }
polyline {
  fill: none; stroke-width: 1.75; stroke-linejoin: round;
  stroke-linecap: round;
}
.line0 { stroke: var(--a); } .line1 { stroke: var(--b); }
.key0, .key1 { margin-right: 1rem; }
.key0::before, .key1::before {
  content: ""; display: inline-block; width: 1.1em; height: 3px;
  margin-right: .4em; vertical-align: middle; background: var(--a);
}
.key1::before { background: var(--b); }
pre {
  padding: .75rem 1rem; border: 1px solid var(--rule); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem;
}
table {
  border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums;
}
th, td {
  padding: .25rem 1.5rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule); overflow-wrap: anywhere;
}
th { font-weight: 500; color: var(--soft); }
summary { cursor: pointer; }
"""

# #step=500 in the address shows the grid that is nearest to that step.
SCRIPT = """
"use strict";
const grids = document.getElementById("grids");
if (grids) {
  const slider = document.getElementById("slider");
  const output = document.getElementById("step");
  const images = [...grids.children];
  const steps = images.map((image) => Number(image.dataset.step));
  const show = () => {
    images.forEach((image, i) => {
      image.classList.toggle("shown", i === Number(slider.value));
    });
    const step = steps[slider.value];
    output.textContent = step.toLocaleString("en");
    slider.setAttribute("aria-valuetext", "step " + step);
  };
  const seek = () => {
    const match = /^#step=(\\d+)$/.exec(location.hash);
    if (match) {
      const away = steps.map((step) => Math.abs(step - match[1]));
      slider.value = away.indexOf(Math.min(...away));
    }
    show();
  };
  slider.addEventListener("input", show);
  addEventListener("hashchange", seek);
  grids.classList.add("ready");
  seek();
}
"""
