import { facts, h, link, moment, duration, number, pairs, sheet, status } from "../dom.js";
import { get } from "../api.js";
import { lineChart } from "../chart.js";
import { runArtifacts } from "../artifacts.js";

const bucketsPerChart = 500;
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
    const shown = sorted.slice(next, next + chartsAtOnce);
    // What was logged without steps is drawn over time: its greatest step is 0.
    for (const byTime of [false, true]) {
      const some = shown.filter(metric => (Number(metric.step ?? 0) === 0) === byTime);
      if (some.length) drawSome(runId, some, byTime, charts);
    }
    next += chartsAtOnce;
    more.hidden = next >= sorted.length;
  }
  draw();
  return sheet(`Metrics (${sorted.length})`, charts, more);
}

// One request for all charts, each of which then takes the place that was kept for it.
function drawSome(runId, some, byTime, charts) {
  const places = new Map(some.map(metric => [metric.key, h("figure", { class: "chart" },
    h("figcaption", {}, h("strong", {}, metric.key), h("span", { class: "quiet" }, number(metric.value))))]));
  charts.append(...places.values());
  const values = new Map(some.map(metric => [metric.key, metric.value]));
  get(`api/v1/tracking/runs/${encodeURIComponent(runId)}/histories`,
    { metric: some.map(metric => metric.key), buckets: bucketsPerChart, axis: byTime ? "time" : "step" })
    .then(answer => {
      for (const history of answer.histories)
        places.get(history.metric).replaceWith(lineChart(history.metric, values.get(history.metric), history, byTime));
    }).catch(error => {
      for (const place of places.values()) place.append(h("p", { class: "error" }, error.message));
    });
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
