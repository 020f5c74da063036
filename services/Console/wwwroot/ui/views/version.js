import { bytes, facts, h, link, moment, pairs, sheet, status } from "../dom.js";
import { address, get } from "../api.js";

export async function version(name, number) {
  const path = encodeURIComponent(name);
  const { model_version: found } = await get("ajax-api/2.0/mlflow/model-versions/get", { name, version: number });
  const known = `api/v1/registry/models/${path}/versions/${number}`;
  const [content, signature] = await Promise.all([optional(`${known}/content`), optional(`${known}/signature`)]);
  return {
    title: `${name} ${number}`,
    crumbs: [[`#/models/${path}`, name], [`#/models/${path}/versions/${number}`, `Version ${number}`]],
    content: [
      h("section", { class: "sheet" },
        h("h1", {}, `${name} · version ${number}`), status(found.status), " ",
        (found.aliases ?? []).map(alias => h("span", { class: "chip good" }, `@${alias}`)),
        facts([["Stage", found.current_stage], ["Created", moment(found.creation_timestamp)], ["Updated", moment(found.last_updated_timestamp)],
          ["Source", h("code", {}, found.source)], ["Run", await sourceRun(found)], ["By", found.user_id]]),
        found.description ? h("p", { class: "prose" }, found.description) : null),
      h("div", { class: "columns" }, sheet("Content", files(name, number, content)), sheet("Tags", pairs(found.tags, "No tags."))),
      signature ? sheet("Signature", tensors(signature)) : null,
    ],
  };
}

function files(name, number, content) {
  if (!content?.files?.length) return h("p", { class: "quiet" }, content?.reason ?? content?.state ?? "Not read yet.");
  const rows = content.files.map(file => h("tr", {},
    h("td", {}, h("a", { href: address("model-versions/get-artifact", { name, version: number, path: file.path }), download: "" }, file.path)),
    h("td", { class: "quiet" }, bytes(file.size)), h("td", {}, h("code", { title: file.sha256 }, file.sha256.slice(0, 12)))));
  return h("div", { class: "scroll" }, h("table", {}, h("tbody", {}, rows)));
}

function tensors(signature) {
  const row = kind => tensor => h("tr", {}, h("td", {}, kind), h("td", {}, tensor.name), h("td", {}, tensor.type),
    h("td", {}, tensor.shape ? `[${tensor.shape.join(", ")}]` : ""));
  return h("div", {},
    facts([["File", signature.file], ["Producer", `${signature.producer} ${signature.producerVersion}`], ["Opset", String(signature.opset)],
      ["Parameters", signature.parameterCount.toLocaleString()]]),
    h("table", {}, h("tbody", {}, signature.inputs.map(row("input")), signature.outputs.map(row("output")))));
}

// What the registry reads in the background may not be there yet, or never be.
async function optional(path) {
  try { return await get(path); } catch { return null; }
}

// A run may be gone while the version that was registered from it stays.
async function sourceRun(found) {
  if (!found.run_id) return null;
  try {
    const { run } = await get("ajax-api/2.0/mlflow/runs/get", { run_id: found.run_id });
    return link(`#/experiments/${run.info.experiment_id}/runs/${found.run_id}`, run.info.run_name || found.run_id);
  } catch {
    return found.run_id;
  }
}
