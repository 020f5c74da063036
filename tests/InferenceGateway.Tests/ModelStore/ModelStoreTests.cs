using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Primitives;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

public sealed class ModelStoreOnSqlite(AllInOneOnSqlite plane) : ModelStoreTests(plane);

public sealed class ModelStoreOnPostgres(AllInOneOnPostgres plane) : ModelStoreTests(plane);

public abstract class ModelStoreTests(PlaneFixture plane) : IDisposable
{
    private readonly ModelWorld world = new(plane);

    [Fact]
    public async Task A_version_is_downloaded_verified_and_then_found_here()
    {
        var (linear, padding) = (TestModels.Read("linear.onnx"), Random.Shared.GetItems<byte>([1, 2, 3], 300_000));
        var version = await world.RegisterAsync("linear", ("model.onnx", linear), ("deep/er/padding.bin", padding));
        var progress = new LastProgress();
        using var first = await world.GetAsync("linear", version, progress);
        Assert.Equal(new Downloaded(linear.Length + padding.Length, linear.Length + padding.Length), progress.Value);
        Assert.Equal(linear.Length + padding.Length, first.Bytes);
        Assert.Equal(ModelWorld.Hex(Encoding.UTF8.GetBytes($"{ModelWorld.Hex(padding)}  deep/er/padding.bin\n{ModelWorld.Hex(linear)}  model.onnx\n")), first.Digest);
        Assert.Equal(linear, await File.ReadAllBytesAsync(first.OnnxFile, TestContext.Current.CancellationToken));
        Assert.Equal(padding, await File.ReadAllBytesAsync(Path.Combine(first.Folder, "deep/er/padding.bin"), TestContext.Current.CancellationToken));
        Assert.StartsWith(Path.Combine(plane.DataFolder, "model-cache", first.Digest), first.OnnxFile, StringComparison.Ordinal);
        Assert.Null(first.Signature);
        var again = new LastProgress();
        using var second = await world.GetAsync("linear", version, again);
        Assert.Equal((first.Folder, default(Downloaded)), (second.Folder, again.Value));
    }

    [Fact]
    public async Task The_registry_tells_a_gateway_in_another_process_the_same_facts_as_one_in_its_own()
    {
        var version = await world.RegisterAsync("m+ö &1", ("model.onnx", TestModels.Read("linear.onnx")));
        (await world.Http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/alias", new { name = "m+ö &1", alias = "champion", version = $"{version}" })).Dispose();
        var facts = plane.Services.GetRequiredService<IModelFacts>();
        var known = await facts.FindVersionAsync(world.Workspace, "m+ö &1", version, CancellationToken.None);
        Assert.Equal((ContentStates.Complete, "model.onnx", 1), (known!.ContentState, known.OnnxFile, known.FileCount));
        foreach (var question in new[] { "versions?version=1", "aliases?alias=champion", "aliases?alias=latest" })
        {
            var told = await world.Http.GetFromJsonAsync<ModelVersionFacts>($"/api/v1/registry/facts/{question}&model={Uri.EscapeDataString("m+ö &1")}");
            Assert.Equal(JsonSerializer.Serialize(known), JsonSerializer.Serialize(told));
        }

        Assert.Equal(version, (await facts.FindByAliasAsync(world.Workspace, "m+ö &1", "champion", CancellationToken.None))!.Version);
        Assert.Null(await facts.FindByAliasAsync(world.Workspace, "m+ö &1", "other", CancellationToken.None));
        Assert.Null(await facts.FindVersionAsync(world.Workspace, "m\0", version, CancellationToken.None));
        using var missing = await world.Http.GetAsync("/api/v1/registry/facts/versions?model=none&version=1");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_folder_of_MLflow_is_served_as_it_is()
    {
        var files = TestModels.FolderOfMlflow.ToArray();
        using var model = await world.GetAsync("iris", await world.RegisterAsync("iris", files));
        Assert.Equal("model.onnx", Path.GetFileName(model.OnnxFile));
        Assert.Equal(["sepal_length", "sepal_width", "petal_length", "petal_width"], model.Signature!.Inputs.Select(field => field.Name));
        Assert.All(model.Signature.Inputs, field => Assert.Equal(("double", true, null), (field.Type, field.Required, field.Shape)));
        var output = Assert.Single(model.Signature.Outputs);
        Assert.Equal(("float32", "-1,3"), (output.Type, string.Join(',', output.Shape!)));
    }

    [Fact]
    public async Task A_version_may_be_a_single_file()
    {
        await world.UploadAsync("models/one/net.onnx", TestModels.Read("linear.onnx"));
        var version = await world.RegisterAtAsync("one", "mlflow-artifacts:/models/one/net.onnx");
        await world.SettleAsync("one", version);
        using var model = await world.GetAsync("one", version);
        Assert.Equal("net.onnx", Path.GetRelativePath(model.Folder, model.OnnxFile));
    }

    [Fact]
    public async Task A_version_without_ONNX_is_refused_with_its_flavors_and_the_way_to_convert_them()
    {
        var mlmodel = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n  sklearn:\n    pickled_model: model.pkl\n"u8.ToArray();
        var version = await world.RegisterAsync("forest", ("MLmodel", mlmodel), ("model.pkl", [1, 2, 3]));
        var message = await world.RefusedAsync("forest", version);
        Assert.StartsWith("forest version 1 cannot be served because it has no ONNX file: its MLmodel has the flavors python_function, sklearn.", message, StringComparison.Ordinal);
        Assert.Contains("skl2onnx", message, StringComparison.Ordinal);
        var asked = await Assert.ThrowsAsync<InferenceGateway.ModelStore.ModelRefusedException>(() => world.Store.RequireServableAsync(world.Workspace, "forest", version, CancellationToken.None));
        Assert.Equal(message, asked.Message);
        var plain = await world.RegisterAsync("plain", ("weights.pt", [1]));
        Assert.Contains("it has the files weights.pt and no MLmodel", await world.RefusedAsync("plain", plain), StringComparison.Ordinal);
        var several = await world.RegisterAsync("several", ("a.onnx", TestModels.Read("linear.onnx")), ("b.onnx", TestModels.Read("addsub.onnx")));
        Assert.Contains("several ONNX files (a.onnx, b.onnx)", await world.RefusedAsync("several", several), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_that_were_changed_behind_the_registrys_back_are_refused(bool sameSize)
    {
        var folder = $"models/{Guid.CreateVersion7():N}";
        // Of its own, so that no other test has brought it into the cache.
        var registered = TestModels.Add(Random.Shared.NextSingle());
        await world.UploadAsync(folder + "/model.onnx", registered);
        var version = await world.RegisterAtAsync("m", $"mlflow-artifacts:/{folder}");
        await world.SettleAsync("m", version);
        await world.UploadAsync(folder + "/model.onnx", sameSize ? [.. registered.Reverse()] : TestModels.Read("linear.onnx"));
        var message = await world.RefusedAsync("m", version);
        Assert.StartsWith("m version 1: its file model.onnx is not the one that was registered: ", message, StringComparison.Ordinal);
        Assert.Contains(sameSize ? "its SHA-256 is " : "it has 223 bytes instead of 132", message, StringComparison.Ordinal);
        await world.DeleteAsync(folder + "/model.onnx");
        Assert.Contains("it is gone", await world.RefusedAsync("m", version), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(plane.DataFolder, "model-cache"), $"*{ModelWorld.Hex([])}*"));
    }

    [Fact]
    public async Task Files_elsewhere_and_versions_that_are_not_there_are_told_apart()
    {
        var version = await world.RegisterAtAsync("away", "s3://bucket/model");
        Assert.Contains("its files are at 's3://bucket/model', which is not in this product's artifact store", await world.RefusedAsync("away", version), StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<PlaneException>(() => world.GetAsync("away", 7));
        Assert.Equal((404, "away has no version 7."), (missing.Error.Status, missing.Message));
        var empty = await world.RegisterAtAsync("empty", "mlflow-artifacts:/models/nothing");
        var early = await Assert.ThrowsAsync<PlaneException>(() => world.GetAsync("empty", empty));
        Assert.Equal((503, "empty version 1 has no files at its location yet."), (early.Error.Status, early.Message));
    }

    [Fact]
    public async Task Weights_in_another_file_come_along_and_only_from_the_versions_own_folder()
    {
        using var whole = await world.GetAsync("external", await world.RegisterAsync("external", ("external.onnx", TestModels.Read("external.onnx")), ("external.bin", TestModels.Read("external.bin"))));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(whole.OnnxFile)!, "external.bin")));
        var escaping = await world.RegisterAsync("escape", ("sub/external-escape.onnx", TestModels.Read("external-escape.onnx")), ("secret.bin", [1]));
        Assert.Contains("keeps tensors in '../secret.bin', which is not a file below its own folder", await world.RefusedAsync("escape", escaping), StringComparison.Ordinal);
        var half = await world.RegisterAsync("half", ("external.onnx", TestModels.Read("external.onnx")));
        Assert.Contains("keeps tensors in 'external.bin', which is not among the version's files", await world.RefusedAsync("half", half), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_ONNX_model_are_refused()
    {
        Assert.Contains("model.onnx is empty and no ONNX model", await world.RefusedAsync("zero", await world.RegisterAsync("zero", ("model.onnx", []))), StringComparison.Ordinal);
        var random = await world.RegisterAsync("random", ("model.onnx", Convert.FromHexString("ff00aa5577123499beefcafe01020304")));
        Assert.Contains("model.onnx is no ONNX model", await world.RefusedAsync("random", random), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        world.Dispose();
        GC.SuppressFinalize(this);
    }
}
