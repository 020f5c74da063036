import { facts, h, link, moment, sheet } from "../dom.js";
import { get, post, workspace } from "../api.js";

export async function home() {
  const [about, experiments, models, workspaces] = await Promise.all([
    get("ui/about"),
    post("ajax-api/2.0/mlflow/experiments/search", { max_results: 200 }),
    get("ajax-api/2.0/mlflow/registered-models/search", { max_results: 200 }),
    get("ajax-api/3.0/mlflow/workspaces"),
  ]);
  return {
    content: [
      welcome(about),
      h("div", { class: "columns" },
        sheet("Experiments", list(experiments.experiments, e => [`#/experiments/${e.experiment_id}`, e.name, moment(e.last_update_time)])),
        sheet("Registered models", list(models.registered_models,
          m => [`#/models/${encodeURIComponent(m.name)}`, m.name, moment(m.last_updated_timestamp)]))),
      sheet("Workspaces", h("div", { class: "facts" }, (workspaces.workspaces ?? []).map(w => workspaceLink(w.name, about.root)))),
    ],
  };
}

function welcome(about) {
  const uri = new URL(".", location.href).href.replace(/\/$/, "");
  return h("section", { class: "sheet" },
    h("h1", {}, "MlopsPlane"),
    h("p", { class: "quiet" }, `The MLOps control plane, speaking MLflow ${about.mlflow_version}. Point your client here:`),
    h("pre", {}, h("code", {}, `import mlflow\nmlflow.set_tracking_uri("${uri}")\n\nwith mlflow.start_run():\n    mlflow.log_param("depth", 6)\n    mlflow.log_metric("loss", 0.13)`)),
    facts([
      ["Runs here", about.modules.join(", ")],
      ["Version", about.version],
      ["Health", h("a", { href: `${about.root}readyz` }, "/readyz")],
      ["Metrics", h("a", { href: `${about.root}metrics` }, "/metrics")],
      ["API", h("a", { href: `${about.root}openapi` }, "/openapi")],
    ]));
}

function list(items, describe) {
  if (!items?.length) return h("p", { class: "quiet" }, "None yet.");
  return h("table", {}, h("tbody", {}, items.map(item => {
    const [hash, name, when] = describe(item);
    return h("tr", {}, h("td", {}, link(hash, name)), h("td", { class: "quiet" }, when));
  })));
}

function workspaceLink(name, root) {
  if (name === workspace()) return h("strong", {}, name);
  return h("a", { href: name === "default" ? root : `${root}w/${encodeURIComponent(name)}/` }, name);
}
