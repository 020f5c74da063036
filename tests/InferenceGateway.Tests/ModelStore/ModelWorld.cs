using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>A workspace of its own whose models are uploaded and registered as MLflow's client does it.</summary>
internal sealed class ModelWorld(PlaneFixture plane, string workspace) : IDisposable
{
    private const string Artifacts = "/api/2.0/mlflow-artifacts/artifacts/";
    private readonly HttpClient http = plane.NewClient(workspace);

    public ModelWorld(PlaneFixture plane) : this(plane, PlaneFixture.FreshWorkspace())
    {
    }

    public string Workspace => workspace;

    public HttpClient Http => http;

    public IModelStore Store { get; } = plane.Services.GetRequiredService<IModelStore>();

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public async Task UploadAsync(string path, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var answer = await http.PutAsync(Artifacts + path, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await http.DeleteAsync(Artifacts + path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Uploads files and registers them as a version; the registry has read them when it returns.</summary>
    /// <returns>The version's number.</returns>
    public async Task<int> RegisterAsync(string model, params (string Path, byte[] Content)[] files)
    {
        var folder = $"models/{Guid.CreateVersion7():N}";
        foreach (var (path, content) in files)
            await UploadAsync($"{folder}/{path}", content);
        var version = await RegisterAtAsync(model, $"mlflow-artifacts:/{folder}");
        await SettleAsync(model, version);
        return version;
    }

    /// <summary>Registers what is at a location as a version.</summary>
    public async Task<int> RegisterAtAsync(string model, string source)
    {
        (await http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = model })).Dispose();
        using var made = await http.PostAsJsonAsync("/api/2.0/mlflow/model-versions/create", new { name = model, source });
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>();
        return int.Parse(answer.GetProperty("model_version").GetProperty("version").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task SettleAsync(string model, int version) => Until.TrueAsync(async () =>
        (await http.GetFromJsonAsync<JsonElement>($"/api/v1/registry/models/{model}/versions/{version}/content")).GetProperty("state").GetString() != "pending");

    public Task<StoredModel> GetAsync(string model, int version, IProgress<Downloaded>? progress = null) =>
        Store.GetAsync(workspace, model, version, progress, TestContext.Current.CancellationToken);

    /// <summary>The message with which a version is refused.</summary>
    public async Task<string> RefusedAsync(string model, int version) =>
        (await Assert.ThrowsAsync<ModelRefusedException>(() => GetAsync(model, version))).Message;

    public void Dispose() => http.Dispose();
}

/// <summary>Keeps what it was told last.</summary>
internal sealed class LastProgress : IProgress<Downloaded>
{
    public Downloaded Value { get; private set; }

    public void Report(Downloaded value) => Value = value;
}

/// <summary>The product on SQLite with settings of a test's own.</summary>
internal sealed class PlaneWith(params (string Key, string? Value)[] settings) : AllInOneOnSqlite
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value));

    public static async Task<PlaneWith> StartAsync(params (string Key, string? Value)[] settings)
    {
        var plane = new PlaneWith(settings);
        try
        {
            await plane.InitializeAsync();
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }
}
