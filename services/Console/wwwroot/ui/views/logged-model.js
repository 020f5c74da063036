import { facts, h, link, moment, number, pairs, sheet, status } from "../dom.js";
import { get } from "../api.js";
import { modelArtifacts } from "../artifacts.js";

export async function loggedModel(experimentId, modelId) {
  const { model } = await get(`ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`);
  const { info, data = {} } = model;
  const source = info.source_run_id ? link(`#/experiments/${info.experiment_id}/runs/${info.source_run_id}`, info.source_run_id) : null;
  const metrics = (data.metrics ?? []).map(({ key, value }) => ({ key, value: number(value) }));
  return {
    title: info.name,
    crumbs: [[`#/experiments/${info.experiment_id}`, "Experiment"], [`#/experiments/${info.experiment_id}/models/${modelId}`, info.name]],
    content: [
      h("section", { class: "sheet" },
        h("h1", {}, info.name), status(info.status?.replace("LOGGED_MODEL_", "")),
        facts([["Id", h("code", {}, info.model_id)], ["Type", info.model_type], ["Made by", source],
          ["Created", moment(info.creation_timestamp_ms)], ["Updated", moment(info.last_updated_timestamp_ms)]])),
      h("div", { class: "columns" }, sheet("Parameters", pairs(data.params, "No parameters.")),
        sheet("Metrics", pairs(metrics, "No metrics.")), sheet("Tags", pairs(info.tags, "No tags."))),
      sheet("Artifacts", modelArtifacts(modelId)),
    ],
  };
}
