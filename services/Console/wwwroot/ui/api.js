// Every address is relative to the page, so /w/{workspace}/ keeps its workspace. A workspace named in the
// address's query (?workspace=, as newer clients print it) travels as the header instead.
let named = null;

export function useWorkspace(name) { named = name; }

export function workspace() {
  return named ?? /\/w\/([^/]+)\/$/.exec(location.pathname)?.[1] ?? "default";
}

export function address(path, query = {}) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of [value].flat()) if (item !== undefined && item !== null) search.append(key, item);
  }
  return search.size ? `${path}?${search}` : path;
}

export function get(path, query) { return send(address(path, query), {}); }

export function post(path, body) {
  return send(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

async function send(url, options) {
  const response = await fetch(url, { ...options, headers: { ...options.headers, ...header() } });
  const text = await response.text();
  const body = parse(text);
  if (!response.ok) throw new Error(body?.message ?? body?.detail ?? `${response.status} ${text.slice(0, 200)}`);
  return body ?? {};
}

// A download needs the header too when the workspace is not in the path; a plain link cannot send one.
export async function download(url, name) {
  const response = await fetch(url, { headers: header() });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function isNamed() { return named !== null; }

function header() { return named ? { "X-MLFLOW-WORKSPACE": named } : {}; }

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}
