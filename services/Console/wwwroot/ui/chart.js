import { h, svg, number } from "./dom.js";

const width = 360, height = 190, left = 48, right = 8, top = 8, bottom = 20;

// One metric of one run over its steps. NaN and infinite values break the line; they are counted in the caption.
export function lineChart(title, history) {
  const points = history.map(m => ({ step: Number(m.step ?? 0), value: Number(m.value), time: m.timestamp }));
  const drawn = points.filter(p => Number.isFinite(p.value));
  const readout = h("span", { class: "quiet" }, summary(points, drawn));
  const figure = h("figure", { class: "chart" }, h("figcaption", {}, h("strong", {}, title), readout));
  if (drawn.length === 0) return figure;

  const x = scale(extent(drawn.map(p => p.step)), left, width - right);
  const y = scale(extent(drawn.map(p => p.value)), height - bottom, top);
  const dot = svg("circle", { class: "dot", r: 3, visibility: "hidden" });
  const canvas = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} by step` },
    axes(x, y), svg("path", { class: "series", d: path(points, x, y) }),
    drawn.length === 1 ? svg("circle", { class: "dot", r: 2.5, cx: x.at(drawn[0].step), cy: y.at(drawn[0].value) }) : [], dot);
  canvas.addEventListener("pointermove", event => {
    const box = canvas.getBoundingClientRect();
    const near = nearest(drawn, x, (event.clientX - box.left) / box.width * width);
    dot.setAttribute("cx", x.at(near.step));
    dot.setAttribute("cy", y.at(near.value));
    dot.setAttribute("visibility", "visible");
    readout.textContent = `step ${near.step}: ${number(near.value)}`;
  });
  canvas.addEventListener("pointerleave", () => {
    dot.setAttribute("visibility", "hidden");
    readout.textContent = summary(points, drawn);
  });
  figure.append(canvas);
  return figure;
}

function summary(points, drawn) {
  const last = points.at(-1);
  const missing = points.length - drawn.length;
  return last ? `${number(last.value)}${missing ? ` · ${missing} not drawable` : ""}` : "";
}

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  return low === high ? [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2] : [low, high];
}

function scale([low, high], from, to) {
  // Halves keep the span finite for values near the largest double.
  const span = high / 2 - low / 2;
  return { low, high, at: value => from + (value / 2 - low / 2) / span * (to - from) };
}

function axes(x, y) {
  const lines = [0, 1, 2, 3].map(i => {
    const value = y.low + (y.high / 3 - y.low / 3) * i, at = y.at(value);
    return [svg("line", { class: "grid", x1: left, x2: width - right, y1: at, y2: at }),
      svg("text", { x: left - 5, y: at + 3, "text-anchor": "end" }, tick(value))];
  });
  return [...lines.flat(),
    svg("text", { x: left, y: height - 6 }, tick(Math.ceil(x.low))),
    svg("text", { x: width - right, y: height - 6, "text-anchor": "end" }, tick(Math.floor(x.high)))];
}

// Short enough for the margin, whatever the magnitude.
function tick(value) {
  const size = Math.abs(value);
  return size >= 1e5 || (size > 0 && size < 1e-3) ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

function path(points, x, y) {
  let command = "M";
  const parts = [];
  for (const point of points) {
    if (!Number.isFinite(point.value)) { command = "M"; continue; }
    parts.push(`${command}${x.at(point.step).toFixed(2)} ${y.at(point.value).toFixed(2)}`);
    command = "L";
  }
  return parts.join("");
}

function nearest(points, x, at) {
  let best = points[0];
  for (const point of points) if (Math.abs(x.at(point.step) - at) < Math.abs(x.at(best.step) - at)) best = point;
  return best;
}
