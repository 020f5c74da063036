using System.Net;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Unsupported;

public sealed class UnsupportedTests(AllInOneOnSqlite plane)
{
    [Theory]
    [InlineData("POST", "/api/3.0/mlflow/traces")]
    [InlineData("GET", "/api/2.0/mlflow/traces/tr-1/info")]
    [InlineData("POST", "/v1/traces")]
    [InlineData("GET", "/api/3.0/mlflow/scorers/list")]
    [InlineData("POST", "/ajax-api/3.0/mlflow/gateway/endpoints/create")]
    [InlineData("POST", "/api/3.0/mlflow/prompt-optimization/jobs")]
    public async Task A_part_of_MLflow_that_is_not_spoken_yet_says_so_in_MLflows_shape(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await plane.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        var body = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        Assert.Equal("NOT_IMPLEMENTED", body.GetProperty("error_code").GetString());
        Assert.EndsWith(": not supported by this server.", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
