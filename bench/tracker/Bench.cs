using System.Globalization;
using System.Text;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Bench.Tracker;

/// <summary>What the scenarios share: the product under load, its databases, and how long and how large to measure.</summary>
/// <param name="Databases">Connection string with <c>{service}</c> in it.</param>
/// <param name="Runs">Runs of the experiment that is searched.</param>
internal sealed record Bench(PlaneProcess Plane, string Databases, Report Report, TimeSpan Duration, int Runs)
{
    public byte[] Get(string path) => HttpLoad.Get(Plane.Address, path);

    public byte[] Post(string path, string body) => HttpLoad.Post(Plane.Address, path, Encoding.UTF8.GetBytes(body));

    /// <summary>A log-batch of so many metrics of 20 keys; <paramref name="n"/> counts the batches of a run.</summary>
    public byte[] Batch(string run, int size, long n)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""{"run_id":"{{run}}","metrics":[""");
        for (var i = 0; i < size; i++)
            text.Append(CultureInfo.InvariantCulture, $$"""{{(i == 0 ? "" : ",")}}{"key":"b{{i % 20}}","value":{{i}}.25,"timestamp":{{n}},"step":{{(n * size) + i}}}""");
        return Post("/api/2.0/mlflow/runs/log-batch", text.Append("]}").ToString());
    }
}
