import { h, link } from "./dom.js";
import { useWorkspace, workspace } from "./api.js";
import { home } from "./views/home.js";
import { experiment } from "./views/experiment.js";
import { run } from "./views/run.js";
import { loggedModel } from "./views/logged-model.js";
import { model } from "./views/model.js";
import { version } from "./views/version.js";

// The addresses that MLflow's client prints; what follows them (a tab of MLflow's own UI) is ignored.
const routes = [
  [/^\/experiments\/([^/]+)\/runs\/([^/]+)/, run],
  [/^\/experiments\/([^/]+)\/models\/([^/]+)/, loggedModel],
  [/^\/experiments\/([^/]+)/, experiment],
  [/^\/models\/([^/]+)\/versions\/([^/]+)/, version],
  [/^\/models\/([^/]+)/, model],
  [/^\/?$/, home],
];

const view = document.getElementById("view");
let turn = 0;

async function show() {
  const mine = ++turn;
  const [path, query] = location.hash.replace(/^#/, "").split("?");
  useWorkspace(new URLSearchParams(query ?? location.search).get("workspace"));
  document.getElementById("workspace").textContent = workspace();
  view.replaceChildren(h("p", { class: "quiet" }, "Loading…"));
  const shown = await render(path);
  if (mine !== turn) return;
  document.title = shown.title ? `${shown.title} · MlopsPlane` : "MlopsPlane";
  document.getElementById("crumbs").replaceChildren(...(shown.crumbs ?? []).map(([hash, text]) => link(hash, text)));
  view.replaceChildren(...shown.content.filter(part => part !== null));
}

async function render(path) {
  const [pattern, handler] = routes.find(([candidate]) => candidate.test(path)) ?? [];
  if (!handler) return { title: "Not found", content: [failure(`There is nothing at ${path}.`)] };
  try {
    return await handler(...pattern.exec(path).slice(1).map(decodeURIComponent));
  } catch (error) {
    return { title: "Error", content: [failure(error.message)] };
  }
}

function failure(message) {
  return h("section", { class: "sheet error", role: "alert" }, h("p", {}, message), link("#/", "To the start"));
}

addEventListener("hashchange", show);
show();
