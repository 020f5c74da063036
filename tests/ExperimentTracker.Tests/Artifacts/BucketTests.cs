using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.ExperimentTracker.Tests.Artifacts;

/// <summary>The proxy in front of a bucket, as MLflow's client uses it for large files.</summary>
public sealed class BucketTests
{
    private const string Proxy = "/api/2.0/mlflow-artifacts";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_uploads_parts_to_the_bucket_and_reads_the_file_through_the_proxy_and_from_the_bucket()
    {
        using var server = await Require.S3Async();
        await using var plane = new PlaneOnBucket(server);
        await plane.InitializeAsync();
        using var team = plane.NewClient("team-a");
        byte[][] parts = [new byte[5 * 1024 * 1024], [1, 2, 3]];
        var begun = await PostAsync(team, "mpu/create/1/model", new { path = "/home/ada/weights.bin", num_parts = parts.Length });
        var uploaded = new List<object>();
        foreach (var (credential, bytes) in begun.GetProperty("credentials").EnumerateArray().Zip(parts))
        {
            using var put = await team.PutAsync(credential.GetProperty("url").GetString(), new ByteArrayContent(bytes), Ct);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            uploaded.Add(new { part_number = credential.GetProperty("part_number").GetInt32(), etag = put.Headers.ETag!.Tag, url = "" });
        }

        var completed = await PostAsync(team, "mpu/complete/1/model",
            new { path = "/home/ada/weights.bin", upload_id = begun.GetProperty("upload_id").GetString(), parts = uploaded });
        Assert.Equal("{}", completed.GetRawText());
        var read = await team.GetByteArrayAsync($"{Proxy}/artifacts/1/model/weights.bin", Ct);
        Assert.True(read.AsSpan().SequenceEqual((byte[])[.. parts[0], .. parts[1]]));
        var signed = await team.GetFromJsonAsync<JsonElement>($"{Proxy}/presigned/1/model/weights.bin", Ct);
        Assert.Equal(read.Length, signed.GetProperty("file_size").GetInt64());
        Assert.Equal(read.Length, (await team.GetByteArrayAsync(signed.GetProperty("url").GetString(), Ct)).Length);
        // The object lies in the workspace's own part of the bucket.
        Assert.Contains("/workspaces/team-a/1/model/weights.bin?", signed.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> PostAsync(HttpClient team, string path, object body)
    {
        using var response = await team.PostAsJsonAsync($"{Proxy}/{path}", body, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private sealed class PlaneOnBucket(S3Server server) : AllInOneOnSqlite
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => server.Settings();
    }
}
