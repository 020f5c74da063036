import { facts, h, link, moment, duration, number, sheet, status } from "../dom.js";
import { get, post } from "../api.js";

const pageSize = 100;

export async function experiment(id) {
  const { experiment: found } = await get("ajax-api/2.0/mlflow/experiments/get", { experiment_id: id });
  const runs = new RunTable(id);
  await runs.load();
  return {
    title: found.name,
    crumbs: [[`#/experiments/${id}`, found.name]],
    content: [
      h("section", { class: "sheet" },
        h("h1", {}, found.name),
        facts([["Id", found.experiment_id], ["State", found.lifecycle_stage], ["Created", moment(found.creation_time)],
          ["Updated", moment(found.last_update_time)], ["Artifacts", h("code", {}, found.artifact_location)],
          ...(found.tags ?? []).map(tag => [tag.key, tag.value])])),
      sheet("Runs", runs.element),
    ],
  };
}

// The server filters and sorts, so that the order is that of all runs and not of the ones fetched so far.
class RunTable {
  constructor(experimentId) {
    this.query = { experiment_ids: [experimentId], max_results: pageSize, filter: "", order_by: [] };
    this.experimentId = experimentId;
    this.rows = [];
    this.input = h("input", { name: "filter", placeholder: "metrics.loss < 0.2 and params.model = 'tree'", "aria-label": "Filter" });
    this.message = h("p", { class: "quiet" });
    this.body = h("div", { class: "scroll" });
    this.more = h("button", { class: "button", type: "button", onclick: () => this.load(true) }, "Load more");
    const form = h("form", { onsubmit: event => this.search(event) }, this.input, h("button", { class: "button" }, "Search"));
    this.element = h("div", {}, form, this.message, this.body, this.more);
  }

  search(event) {
    event.preventDefault();
    this.query.filter = this.input.value;
    return this.load();
  }

  sort(field) {
    const current = this.query.order_by[0];
    this.query.order_by = [current === `${field} DESC` ? `${field} ASC` : `${field} DESC`];
    return this.load();
  }

  async load(next = false) {
    try {
      const page = await post("ajax-api/2.0/mlflow/runs/search", { ...this.query, page_token: next ? this.token : undefined });
      this.rows = [...(next ? this.rows : []), ...(page.runs ?? [])];
      this.token = page.next_page_token;
      this.message.textContent = this.rows.length ? "" : "No runs.";
      this.body.replaceChildren(this.table());
    } catch (error) {
      this.message.textContent = error.message;
    }
    this.more.hidden = !this.token;
  }

  table() {
    const metrics = keys(this.rows, "metrics"), params = keys(this.rows, "params");
    const head = h("tr", {},
      this.heading("Run", "attributes.run_name"), this.heading("Status", "attributes.status"),
      this.heading("Started", "attributes.start_time"), h("th", {}, "Duration"), this.heading("User", "attributes.user_id"),
      metrics.map(key => this.heading(key, `metrics.${quoted(key)}`)), params.map(key => this.heading(key, `params.${quoted(key)}`)));
    return h("table", {}, h("thead", {}, head), h("tbody", {}, this.rows.map(run => this.row(run, metrics, params))));
  }

  heading(text, field) {
    const [current, direction] = [this.query.order_by[0]?.slice(0, -5).trim(), this.query.order_by[0]?.endsWith("DESC")];
    const sorted = current === field ? (direction ? "descending" : "ascending") : null;
    const mark = { descending: " ↓", ascending: " ↑" }[sorted] ?? "";
    return h("th", { "aria-sort": sorted }, h("button", { type: "button", onclick: () => this.sort(field) }, text + mark));
  }

  row({ info, data }, metrics, params) {
    const values = (kind, wanted) => {
      const found = new Map((data[kind] ?? []).map(item => [item.key, item.value]));
      return wanted.map(key => h("td", {}, kind === "metrics" ? number(found.get(key)) : found.get(key) ?? ""));
    };
    return h("tr", {},
      h("td", {}, link(`#/experiments/${this.experimentId}/runs/${info.run_id}`, info.run_name || info.run_id)),
      h("td", {}, status(info.status)), h("td", {}, moment(info.start_time)),
      h("td", {}, duration(info.start_time, info.end_time)), h("td", {}, info.user_id ?? ""),
      values("metrics", metrics), values("params", params));
  }
}

function keys(runs, kind) {
  return [...new Set(runs.flatMap(run => (run.data[kind] ?? []).map(item => item.key)))].sort().slice(0, 30);
}

function quoted(key) { return key.includes("`") ? `"${key}"` : `\`${key}\``; }
