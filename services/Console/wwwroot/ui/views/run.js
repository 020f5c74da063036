import { facts, h, link, moment, duration, number, pairs, sheet, status } from "../dom.js";
import { get } from "../api.js";
import { lineChart } from "../chart.js";
import { runArtifacts } from "../artifacts.js";

const pointsPerChart = 1000;
const chartsAtOnce = 60;

export async function run(experimentId, runId) {
  const { run: found } = await get("ajax-api/2.0/mlflow/runs/get", { run_id: runId });
  const { experiment } = await get("ajax-api/2.0/mlflow/experiments/get", { experiment_id: found.info.experiment_id });
  const { info, data = {}, inputs, outputs } = found;
  const name = info.run_name || info.run_id;
  return {
    title: name,
    crumbs: [[`#/experiments/${info.experiment_id}`, experiment.name], [`#/experiments/${info.experiment_id}/runs/${runId}`, name]],
    content: [
      h("section", { class: "sheet" },
        h("h1", {}, name), status(info.status),
        facts([["Id", h("code", {}, info.run_id)], ["State", info.lifecycle_stage], ["User", info.user_id], ["Started", moment(info.start_time)],
          ["Ended", moment(info.end_time)], ["Duration", duration(info.start_time, info.end_time)],
          ["Source", data.tags?.find(tag => tag.key === "mlflow.source.name")?.value]]),
        note(data.tags)),
      metrics(runId, data.metrics),
      h("div", { class: "columns" }, sheet("Parameters", pairs(data.params, "No parameters.")), sheet("Tags", pairs(data.tags, "No tags."))),
      h("div", { class: "columns" }, sheet("Artifacts", runArtifacts(runId)), lineage(info.experiment_id, inputs, outputs)),
    ],
  };
}

export function note(tags) {
  const text = tags?.find(tag => tag.key === "mlflow.note.content")?.value;
  return text ? h("p", { class: "prose" }, text) : null;
}

function metrics(runId, latest) {
  if (!latest?.length) return sheet("Metrics", h("p", { class: "quiet" }, "No metrics."));
  const sorted = [...latest].sort((a, b) => a.key.localeCompare(b.key));
  const charts = h("div", { class: "charts" });
  const more = h("button", { class: "button", type: "button", onclick: () => draw() }, "More charts");
  let next = 0;
  function draw() {
    for (const metric of sorted.slice(next, next + chartsAtOnce)) charts.append(chart(runId, metric));
    next += chartsAtOnce;
    more.hidden = next >= sorted.length;
  }
  draw();
  return sheet(`Metrics (${sorted.length})`, charts, more);
}

function chart(runId, metric) {
  const place = h("figure", { class: "chart" },
    h("figcaption", {}, h("strong", {}, metric.key), h("span", { class: "quiet" }, number(metric.value))));
  get("ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", { run_ids: [runId], metric_key: metric.key, max_results: pointsPerChart })
    .then(answer => place.replaceWith(lineChart(metric.key, answer.metrics ?? [])),
      error => place.append(h("p", { class: "error" }, error.message)));
  return place;
}

function lineage(experimentId, inputs, outputs) {
  const datasets = (inputs?.dataset_inputs ?? []).map(({ dataset, tags }) => {
    const context = tags?.find(tag => tag.key === "mlflow.data.context")?.value;
    return h("li", {}, `${dataset.name} `, h("code", { class: "quiet" }, dataset.digest), context ? ` (${context})` : "");
  });
  const models = (kind, items) => (items ?? []).map(item =>
    h("li", {}, `${kind} `, link(`#/experiments/${experimentId}/models/${item.model_id}`, item.model_id)));
  const all = [...datasets, ...models("reads", inputs?.model_inputs), ...models("made", outputs?.model_outputs)];
  return sheet("Datasets and models", all.length ? h("ul", { class: "tree root" }, all) : h("p", { class: "quiet" }, "None."));
}
