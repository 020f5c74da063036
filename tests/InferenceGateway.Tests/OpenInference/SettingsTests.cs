using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference;

public sealed class SettingsTests(GrpcPlane plane)
{
    [Theory]
    [InlineData("/v2/trace/setting")]
    [InlineData("/v2/models/any/trace/setting")]
    public async Task Trace_settings_are_told_as_over_grpc_and_are_not_changed(string path)
    {
        using var grpc = new GrpcClient(plane, "default");
        var told = await grpc.AskAsync<TraceSettingRequest, TraceSettingResponse>("TraceSetting", new());
        foreach (var json in new[] { await GetAsync(path), await PostAsync(path, new { }, HttpStatusCode.OK) })
        {
            Assert.Equal(told.Settings["trace_level"].Value, json.GetProperty("trace_level").EnumerateArray().Select(one => one.GetString()));
            Assert.Equal(told.Settings["trace_mode"].Value.Single(), json.GetProperty("trace_mode").GetString());
        }

        Assert.Contains("OTEL_", (await PostAsync(path, new { trace_level = new[] { "OFF" } }, HttpStatusCode.NotImplemented)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_settings_are_told_as_over_grpc_and_are_not_changed()
    {
        using var grpc = new GrpcClient(plane, "default");
        var told = (await grpc.AskAsync<LogSettingsRequest, LogSettingsResponse>("LogSettings", new())).Settings;
        var json = await GetAsync("/v2/logging");
        foreach (var name in new[] { "log_info", "log_warning", "log_error" })
            Assert.Equal(told[name].BoolParam, json.GetProperty(name).GetBoolean());
        Assert.Equal(told["log_verbose_level"].Uint32Param, json.GetProperty("log_verbose_level").GetUInt32());
        Assert.Contains("Logging", (await PostAsync("/v2/logging", new { log_info = false }, HttpStatusCode.NotImplemented)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(await plane.Client.GetStringAsync(path));

    private async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode status)
    {
        using var answer = await plane.Client.PostAsJsonAsync(path, body);
        Assert.Equal(status, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}
