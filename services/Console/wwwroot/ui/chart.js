import { h, svg, moment, number } from "./dom.js";

const width = 360, height = 190, left = 48, right = 8, top = 8, bottom = 20;

// One metric of one run: a line through the middle of each bucket, and around it what the bucket's values span, so that
// a spike shows however many points it stands among. NaN is in no bucket; the caption counts it.
export function lineChart(title, latest, history, byTime) {
  const points = history.buckets.map(bucket => ({ ...bucket, at: middle(bucket, byTime), mid: bucket.min / 2 + bucket.max / 2 }));
  const caption = `${number(latest)}${history.nanCount ? ` · ${history.nanCount} not drawable` : ""}`;
  const readout = h("span", { class: "quiet" }, caption);
  const figure = h("figure", { class: "chart" }, h("figcaption", {}, h("strong", {}, title), readout));
  if (points.length === 0) return figure;

  const x = scale(extent(points.flatMap(p => byTime ? [p.fromTime, p.toTime] : [p.fromStep, p.toStep]), 0.5), left, width - right);
  const y = scale(extent(points.flatMap(p => [p.min, p.max])), height - bottom, top);
  const dot = svg("circle", { class: "dot", r: 3, visibility: "hidden" });
  const canvas = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} by ${byTime ? "time" : "step"}` },
    axes(x, y, byTime), svg("path", { class: "band", d: band(points, x, y) }), svg("path", { class: "series", d: path(points, x, y) }),
    points.length === 1 ? svg("circle", { class: "dot", r: 2.5, cx: x.at(points[0].at), cy: y.at(points[0].mid) }) : [], dot);
  canvas.addEventListener("pointermove", event => {
    const box = canvas.getBoundingClientRect();
    const near = nearest(points, x, (event.clientX - box.left) / box.width * width);
    dot.setAttribute("cx", x.at(near.at));
    dot.setAttribute("cy", y.at(near.mid));
    dot.setAttribute("visibility", "visible");
    readout.textContent = told(near, byTime);
  });
  canvas.addEventListener("pointerleave", () => {
    dot.setAttribute("visibility", "hidden");
    readout.textContent = caption;
  });
  figure.append(canvas);
  return figure;
}

function middle(bucket, byTime) {
  return byTime ? bucket.fromTime / 2 + bucket.toTime / 2 : bucket.fromStep / 2 + bucket.toStep / 2;
}

function told(bucket, byTime) {
  const place = byTime ? moment(bucket.fromTime) : range(bucket.fromStep, bucket.toStep, String);
  return `${byTime ? "" : "step "}${place}: ${range(bucket.min, bucket.max, number)}`;
}

function range(from, to, show) { return from === to ? show(from) : `${show(from)} – ${show(to)}`; }

// Where all values are one, as much as `margin` around it; half of it on each side when there is none.
function extent(values, margin) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  if (low < high) return [low, high];
  const around = margin ?? (Math.abs(low) || 1) / 2;
  return [low - around, high + around];
}

function scale([low, high], from, to) {
  // Halves keep the span finite for values near the largest double.
  const span = high / 2 - low / 2;
  return { low, high, at: value => from + (value / 2 - low / 2) / span * (to - from) };
}

function axes(x, y, byTime) {
  const lines = [0, 1, 2, 3].map(i => {
    const value = y.low + (y.high / 3 - y.low / 3) * i, at = y.at(value);
    return [svg("line", { class: "grid", x1: left, x2: width - right, y1: at, y2: at }),
      svg("text", { x: left - 5, y: at + 3, "text-anchor": "end" }, tick(value))];
  });
  return [...lines.flat(),
    svg("text", { x: left, y: height - 6 }, byTime ? moment(x.low) : tick(Math.ceil(x.low))),
    svg("text", { x: width - right, y: height - 6, "text-anchor": "end" }, byTime ? moment(x.high) : tick(Math.floor(x.high)))];
}

// Short enough for the margin, whatever the magnitude.
function tick(value) {
  const size = Math.abs(value);
  return size >= 1e5 || (size > 0 && size < 1e-3) ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

function path(points, x, y) {
  return points.map((p, i) => `${i ? "L" : "M"}${x.at(p.at).toFixed(2)} ${y.at(p.mid).toFixed(2)}`).join("");
}

function band(points, x, y) {
  if (points.every(p => p.min === p.max)) return "";
  const edge = (p, value, i) => `${i ? "L" : ""}${x.at(p.at).toFixed(2)} ${y.at(value).toFixed(2)}`;
  return `M${points.map((p, i) => edge(p, p.max, i)).join("")}L${points.toReversed().map((p, i) => edge(p, p.min, i)).join("")}Z`;
}

function nearest(points, x, at) {
  let best = points[0];
  for (const point of points) if (Math.abs(x.at(point.at) - at) < Math.abs(x.at(best.at) - at)) best = point;
  return best;
}
