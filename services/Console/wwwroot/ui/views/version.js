import { facts, h, link, moment, pairs, sheet, status } from "../dom.js";
import { get } from "../api.js";

export async function version(name, number) {
  const path = encodeURIComponent(name);
  const { model_version: found } = await get("ajax-api/2.0/mlflow/model-versions/get", { name, version: number });
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
      sheet("Tags", pairs(found.tags, "No tags.")),
    ],
  };
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
