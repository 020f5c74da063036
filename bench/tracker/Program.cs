using System.Globalization;
using MlopsPlane.Bench.Tracker;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

// --only writes,search,histories  --runs N (of the experiment that is searched)  --history N (points of the long history)  --seconds S (a scenario)
var only = Text("--only", "writes,search,histories").Split(',');
var (runs, history, seconds) = (Number("--runs", 10_000), Number("--history", 1_000_000), Number("--seconds", 5));
await using var server = await PostgresServer.StartAsync(durable: true)
    ?? throw new InvalidOperationException("The bench needs PostgreSQL's server binaries.");
var folder = Directory.CreateTempSubdirectory("plane-bench-");
var databases = await server.CreateDatabasesAsync("bench", "access", "tracker", "registry");
using var plane = await PlaneProcess.StartAsync(folder.FullName, PlaneProcess.OnPostgres(databases));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{Environment.ProcessorCount} cores, fsync {ProcessMeter.FsyncMilliseconds(folder.FullName):0.00} ms, {Report.Clients} clients, {runs} runs x {Seed.MetricsPerRun} metrics, idle {ProcessMeter.ResidentMegabytes(plane.Id):0} MB"));
var bench = new Bench(plane, databases, new Report(plane, server, TimeSpan.FromSeconds(seconds)), TimeSpan.FromSeconds(seconds), runs);
if (only.Contains("writes"))
    await WriteScenarios.RunAsync(bench);
if (only.Contains("search"))
    await SearchScenarios.RunAsync(bench);
if (only.Contains("histories"))
    await HistoryScenarios.RunAsync(bench, history);
folder.Delete(recursive: true);
return 0;

int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string otherwise)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
