// Builds elements without ever parsing text as markup: names, tags and params come from whoever logged them.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  apply(element, attributes);
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  apply(element, attributes);
  element.append(...children.flat());
  return element;
}

function apply(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
}

export function sheet(title, ...children) {
  return h("section", { class: "sheet" }, title ? h("h2", {}, title) : null, ...children);
}

export function facts(entries) {
  const shown = entries.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

export function pairs(items, empty) {
  if (!items?.length) return h("p", { class: "quiet" }, empty);
  const rows = [...items].sort((a, b) => a.key.localeCompare(b.key))
    .map(({ key, value }) => h("tr", {}, h("td", {}, key), h("td", {}, String(value ?? ""))));
  return h("div", { class: "scroll" }, h("table", {}, h("tbody", {}, rows)));
}

export function moment(milliseconds) {
  return milliseconds ? new Date(Number(milliseconds)).toLocaleString() : "";
}

export function duration(start, end) {
  if (!start || !end) return "";
  const seconds = (end - start) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

// The wire spells NaN and the infinities as strings.
export function number(value) {
  const parsed = Number(value);
  if (value === null || value === undefined || value === "") return "";
  if (!Number.isFinite(parsed) || Number.isInteger(parsed)) return String(value);
  return Math.abs(parsed) >= 1e5 || Math.abs(parsed) < 1e-3 ? parsed.toExponential(3) : String(Number(parsed.toPrecision(5)));
}

export function bytes(size) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Number(size ?? 0), unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function status(value) {
  const kind = { FINISHED: "good", READY: "good", FAILED: "bad", KILLED: "bad" }[value] ?? "";
  return h("span", { class: `chip ${kind}` }, value ?? "");
}

export function link(hash, text) {
  return h("a", { href: hash }, text);
}
