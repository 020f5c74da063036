using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MlopsPlane.Bench.Tracker;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

var runs = Option("--runs", 10_000);
var seconds = Option("--seconds", 5);
await using var server = await PostgresServer.StartAsync(durable: true)
    ?? throw new InvalidOperationException("The bench needs PostgreSQL's server binaries.");
var folder = Directory.CreateTempSubdirectory("plane-bench-");
var databases = await server.CreateDatabasesAsync("bench", "access", "tracker", "registry");
using var plane = await PlaneProcess.StartAsync(folder.FullName, PlaneProcess.OnPostgres(databases));
var http = plane.Http;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{Environment.ProcessorCount} cores, fsync {ProcessMeter.FsyncMilliseconds(folder.FullName):0.00} ms, {Report.Clients} clients, {runs} runs x {Seed.MetricsPerRun} metrics, idle {ProcessMeter.ResidentMegabytes(plane.Id):0} MB"));

var busy = await Seed.ExperimentAsync(http, "busy");
var full = await Seed.ExperimentAsync(http, "full");
var mine = new string[Report.Clients];
for (var c = 0; c < mine.Length; c++)
    mine[c] = await Seed.RunAsync(http, busy, c);
await Seed.RunsAsync(http, full, runs);
await Seed.PostAsync(http, "/api/2.0/mlflow/registered-models/create", new { name = "fraud" });
await RawBaseline.AnalyzeAsync(databases);
await using var baseline = await RawBaseline.StartAsync(databases, TimeSpan.FromSeconds(seconds), mine);

var first = new List<double>();
for (var i = 0; i < 100; i++)
{
    var begin = Stopwatch.GetTimestamp();
    (await http.GetAsync($"/w/first-use-{i}/api/2.0/mlflow/experiments/get?experiment_id=0")).EnsureSuccessStatusCode().Dispose();
    first.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
}

first.Sort();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first use of a workspace: p50 {first[50]:0.0} ms, p99 {first[99]:0.0} ms"));
Report.Header();
var report = new Report(plane, server, TimeSpan.FromSeconds(seconds));
var get = HttpLoad.Get(plane.Address, "/api/2.0/mlflow/registered-models/get?name=fraud");
await report.RunAsync("registered-models/get", 200, (_, _) => get);
await report.RunAsync("log-metric", 180, (c, n) => Json("/api/2.0/mlflow/runs/log-metric",
    $$"""{"run_id":"{{mine[c]}}","key":"loss","value":{{n}}.5,"timestamp":{{n}},"step":{{n}}}"""), baseline.LogMetricAsync);
foreach (var size in new[] { 100, 1000 })
{
    await report.RunAsync($"log-batch of {size}, a run a client", size == 100 ? 32 : 0, (c, n) => Batch(mine[c], size, n), () => baseline.LogBatchAsync(size, oneRun: false));
    await report.RunAsync($"log-batch of {size}, all clients one run", size == 100 ? 5.5 : 0, (c, n) => Batch(mine[0], size, n * Report.Clients + c), () => baseline.LogBatchAsync(size, oneRun: true));
}

foreach (var (name, mlflow, search) in new[]
{
    ("runs/search by a metric", 13.0, $$"""{"experiment_ids":["{{full}}"],"filter":"metrics.m0 > 0.99","max_results":100}"""),
    ("runs/search by metric and param, ordered", 24.0, $$"""{"experiment_ids":["{{full}}"],"filter":"metrics.m0 > 0.9 AND params.p0 = 'v3'","order_by":["metrics.m1 DESC"],"max_results":100}"""),
    ("runs/search returning 1,000 runs", 1.3, $$"""{"experiment_ids":["{{full}}"],"max_results":1000}"""),
})
{
    var request = Json("/api/2.0/mlflow/runs/search", search);
    await report.RunAsync(name, mlflow, (_, _) => request);
}

return 0;

int Option(string name, int otherwise)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}

byte[] Json(string path, string body) => HttpLoad.Post(plane.Address, path, Encoding.UTF8.GetBytes(body));

byte[] Batch(string run, int size, long n)
{
    var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""{"run_id":"{{run}}","metrics":[""");
    for (var i = 0; i < size; i++)
        text.Append(CultureInfo.InvariantCulture, $$"""{{(i == 0 ? "" : ",")}}{"key":"b{{i % 20}}","value":{{i}}.25,"timestamp":{{n}},"step":{{n * size + i}}}""");
    return Json("/api/2.0/mlflow/runs/log-batch", text.Append("]}").ToString());
}
