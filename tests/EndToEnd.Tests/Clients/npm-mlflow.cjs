// A day with the npm package `mlflow`, a client of MLflow's API that shares no code with this project.
// Arguments: the package's folder, the address of a plane. The last line printed is JSON of what it saw.
const [, , packageFolder, endpoint] = process.argv;
const MLflow = require(packageFolder);
// The variables of MLflow's own client, and what it makes of them.
const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = process.env;
const headers = token ? { Authorization: `Bearer ${token}` }
  : user ? { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` } : {};

(async () => {
  const client = new MLflow({ endpoint, headers });
  const { experiment_id } = await client.Experiments.create({ name: "npm" });
  const { run } = await client.Runs.create({
    experiment_id, user_id: "node", start_time: 1000, tags: [{ key: "mlflow.runName", value: "from-node" }],
  });
  const run_id = run.info.run_id;
  await client.Runs.logParameter({ run_id, key: "lr", value: "0.1" });
  for (let step = 0; step < 5; step++)
    await client.Runs.logMetric({ run_id, key: "loss", value: 1 / (step + 1), timestamp: step, step });
  await client.Runs.logBatch({
    run_id,
    metrics: [{ key: "auc", value: 0.75, timestamp: 1, step: 0 }],
    params: [{ key: "depth", value: "6" }],
    tags: [{ key: "kept", value: "yes" }, { key: "dropped", value: "soon" }],
  });
  await client.Runs.deleteTag({ run_id, key: "dropped" });
  const { run_info } = await client.Runs.update({ run_id, status: "FINISHED", end_time: 2000 });
  const found = await client.Runs.search({ experiment_ids: [experiment_id], filter: "metrics.auc > 0.5 and params.depth = '6'" });
  const read = (await client.Runs.get({ run_id })).run;
  await client.Runs.delete({ run_id });
  const hidden = await client.Runs.search({ experiment_ids: [experiment_id] });
  await client.Runs.restore({ run_id });
  await client.Experiments.update({ experiment_id, new_name: "renamed" });
  const experiment = (await client.Experiments.get({ experiment_id })).experiment;
  let refusal;
  try {
    await client.Runs.get({ run_id: "0".repeat(32) });
  } catch (error) {
    refusal = error.message;
  }

  console.log(JSON.stringify({
    status: run_info.status,
    loss: read.data.metrics.find(metric => metric.key === "loss").value,
    found: found.runs.map(one => one.info.run_name),
    hidden: hidden.runs ?? [],
    tags: read.data.tags.map(tag => `${tag.key}=${tag.value}`).sort(),
    params: read.data.params.map(param => `${param.key}=${param.value}`).sort(),
    experiment: { name: experiment.name, stage: experiment.lifecycle_stage },
    refusal,
  }));
})().catch(error => {
  console.error(error);
  process.exit(1);
});
