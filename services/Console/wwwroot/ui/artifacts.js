import { h, bytes } from "./dom.js";
import { address, download, get, isNamed } from "./api.js";

// A tree that asks for a folder only when it is opened. `list(path)` gives files, `file(path)` an address.
export function artifactTree(list, file) {
  return branch("", list, file, true);
}

export function runArtifacts(runId) {
  return artifactTree(
    path => get("ajax-api/2.0/mlflow/artifacts/list", { run_id: runId, path: path || undefined }),
    path => address("get-artifact", { run_id: runId, path }));
}

export function modelArtifacts(modelId) {
  const base = `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts`;
  return artifactTree(
    path => get(`${base}/directories`, { artifact_directory_path: path || undefined }),
    path => address(`${base}/files`, { artifact_file_path: path }));
}

function branch(path, list, file, root) {
  const holder = h("ul", { class: root ? "tree root" : "tree" }, h("li", { class: "quiet" }, "…"));
  list(path).then(
    answer => fill(holder, answer.files ?? [], list, file),
    error => holder.replaceChildren(h("li", { class: "error" }, error.message)));
  return holder;
}

function fill(holder, files, list, file) {
  const entries = files.map(entry => h("li", {}, entry.is_dir ? folder(entry, list, file) : leaf(entry, file)));
  holder.replaceChildren(...(entries.length ? entries : [h("li", { class: "quiet" }, "empty")]));
}

function folder(entry, list, file) {
  const details = h("details", {}, h("summary", {}, `${name(entry)}/`));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(branch(entry.path, list, file, false));
  });
  return details;
}

function leaf(entry, file) {
  const url = file(entry.path);
  const anchor = h("a", { href: url, download: name(entry) }, name(entry));
  if (isNamed()) {
    anchor.addEventListener("click", event => {
      event.preventDefault();
      download(url, name(entry)).catch(error => anchor.after(h("span", { class: "error" }, ` ${error.message}`)));
    });
  }
  return h("span", {}, anchor, " ", h("span", { class: "quiet" }, bytes(entry.file_size)));
}

function name(entry) { return entry.path.split("/").at(-1); }
