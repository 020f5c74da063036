import { facts, h, link, moment, pairs, sheet } from "../dom.js";
import { get } from "../api.js";

export async function model(name) {
  const path = encodeURIComponent(name);
  const [{ registered_model: found }, versions, history] = await Promise.all([
    get("ajax-api/2.0/mlflow/registered-models/get", { name }),
    get("ajax-api/2.0/mlflow/model-versions/search", {
      filter: `name='${name.replaceAll("'", "\\'")}'`, max_results: 1000, order_by: ["version_number DESC"],
    }),
    changes(path),
  ]);
  return {
    title: name,
    crumbs: [[`#/models/${path}`, name]],
    content: [
      h("section", { class: "sheet" },
        h("h1", {}, name),
        facts([["Created", moment(found.creation_timestamp)], ["Updated", moment(found.last_updated_timestamp)]]),
        found.description ? h("p", { class: "prose" }, found.description) : null),
      sheet("Versions", versionTable(path, versions.model_versions, found.aliases)),
      h("div", { class: "columns" }, sheet("History", history), sheet("Tags", pairs(found.tags, "No tags."))),
    ],
  };
}

function versionTable(path, versions, aliases) {
  if (!versions?.length) return h("p", { class: "quiet" }, "No versions.");
  const rows = versions.map(item => h("tr", {},
    h("td", {}, link(`#/models/${path}/versions/${item.version}`, `Version ${item.version}`)),
    h("td", {}, (aliases ?? []).filter(a => String(a.version) === String(item.version)).map(a => h("span", { class: "chip good" }, `@${a.alias}`))),
    h("td", {}, item.current_stage ?? ""), h("td", {}, moment(item.creation_timestamp)), h("td", {}, item.description ?? "")));
  const head = ["Version", "Aliases", "Stage", "Created", "Description"].map(text => h("th", {}, text));
  return h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

// Who moved which alias or stage, when, from what and why.
async function changes(path) {
  const { entries } = await get(`api/v1/registry/models/${path}/history`, { limit: 100 });
  if (!entries.length) return h("p", { class: "quiet" }, "No alias or stage has moved yet.");
  const rows = entries.map(entry => h("tr", {},
    h("td", { class: "quiet" }, new Date(entry.occurredAt).toLocaleString()),
    h("td", {}, entry.kind === "alias" ? `@${entry.alias}` : `Stage of version ${entry.version}`),
    h("td", {}, `${entry.from ?? "—"} → ${entry.to ?? "—"}`), h("td", {}, entry.actor ?? ""), h("td", {}, entry.reason ?? "")));
  return h("div", { class: "scroll" }, h("table", {}, h("tbody", {}, rows)));
}
