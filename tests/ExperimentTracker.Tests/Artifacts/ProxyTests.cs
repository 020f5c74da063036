using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Artifacts;

public sealed class ProxyOnSqlite(AllInOneOnSqlite plane) : ProxyTests(plane);

public sealed class ProxyOnPostgres(AllInOneOnPostgres plane) : ProxyTests(plane);

public abstract class ProxyTests(PlaneFixture plane)
{
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts";

    private readonly HttpClient team = plane.NewClient(PlaneFixture.FreshWorkspace());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_put_listed_read_and_deleted()
    {
        Assert.Equal("{}", await PutAsync("a.txt", "0"));
        Assert.Equal("{}", await PutAsync("dir/b.txt", "1"));
        Assert.Equal("""{"files":[{"path":"a.txt","is_dir":false,"file_size":1},{"path":"dir","is_dir":true}]}""", await team.GetStringAsync(Files, Ct));
        Assert.Equal("""{"files":[{"path":"b.txt","is_dir":false,"file_size":1}]}""", await team.GetStringAsync($"{Files}?path=dir", Ct));
        Assert.Equal("1", await team.GetStringAsync($"{Files}/dir/b.txt", Ct));
        using (var deleted = await team.DeleteAsync($"{Files}/dir", Ct))
            Assert.Equal("{}", await deleted.Content.ReadAsStringAsync(Ct));
        Assert.Equal("""{"files":[{"path":"a.txt","is_dir":false,"file_size":1}]}""", await team.GetStringAsync(Files, Ct));
        Assert.Equal("{}", await team.GetStringAsync($"{Files}?path=dir", Ct));
    }

    [Theory]
    [InlineData("a.txt", "text/plain")]
    [InlineData("b.pkl", "application/octet-stream")]
    [InlineData("c.png", "image/png")]
    [InlineData("MLmodel", "text/plain")]
    public async Task A_download_is_an_attachment_of_a_guessed_type(string name, string type)
    {
        await PutAsync($"kinds/{name}", "");
        using var response = await team.GetAsync($"{Files}/kinds/{name}", Ct);
        Assert.Equal(type, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal($"attachment; filename={name}", response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData(0L, 4L, HttpStatusCode.PartialContent, "01234", "bytes 0-4/10")]
    [InlineData(7L, null, HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData(7L, 99L, HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData(null, 3L, HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData(null, 30L, HttpStatusCode.PartialContent, "0123456789", "bytes 0-9/10")]
    [InlineData(10L, null, HttpStatusCode.RequestedRangeNotSatisfiable, "", "bytes */10")]
    public async Task A_range_is_answered_with_that_part(long? from, long? to, HttpStatusCode status, string content, string range)
    {
        await PutAsync("ranged.txt", "0123456789");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Files}/ranged.txt");
        request.Headers.Range = new RangeHeaderValue(from, to);
        using var response = await team.SendAsync(request, Ct);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(content, await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(range, response.Content.Headers.GetValues("Content-Range").Single());
    }

    [Fact]
    public async Task A_range_of_a_file_that_has_changed_is_answered_with_the_whole()
    {
        await PutAsync("changed.txt", "0123456789");
        using var first = await team.GetAsync($"{Files}/changed.txt", Ct);
        await PutAsync("changed.txt", "abcdefghij");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Files}/changed.txt");
        request.Headers.Range = new RangeHeaderValue(5, null);
        request.Headers.IfRange = new RangeConditionHeaderValue(first.Headers.ETag!);
        using var response = await team.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("abcdefghij", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_404_that_clients_do_not_repeat()
    {
        using var response = await team.GetAsync($"{Files}/no/such.txt", Ct);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await JsonAsync(response)).GetProperty("error_code").GetString());
    }

    [Theory]
    [InlineData("GET", "/artifacts?path=../x")]
    [InlineData("GET", "/artifacts?path=%252e%252e/x")]
    [InlineData("GET", "/artifacts?path=/etc")]
    [InlineData("GET", "/artifacts?path=a%23b")]
    [InlineData("GET", "/artifacts/%2e%2e%2fx")]
    [InlineData("GET", "/artifacts/a/%252e%252e/x")]
    [InlineData("GET", "/artifacts/%2Fetc/passwd")]
    [InlineData("GET", "/artifacts/a%23b")]
    [InlineData("GET", "/artifacts/a%5c..%5cb")]
    [InlineData("PUT", "/artifacts/%252e%252e/x")]
    [InlineData("PUT", "/artifacts/C:%2Fx")]
    [InlineData("PUT", "/artifacts/.plane/x")]
    [InlineData("PUT", "/artifacts/")]
    [InlineData("DELETE", "/artifacts/a/%252e%252e%252f%252e%252e")]
    [InlineData("DELETE", "/artifacts/")]
    [InlineData("POST", "/mpu/create/%252e%252e")]
    [InlineData("GET", "/presigned/%252e%252e")]
    public async Task A_path_that_climbs_is_refused(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/2.0/mlflow-artifacts" + path);
        if (method is "PUT" or "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await team.SendAsync(request, Ct);
        var error = await JsonAsync(response);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid path"), (response.StatusCode, error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_workspace_reaches_its_own_files_only()
    {
        var other = PlaneFixture.FreshWorkspace();
        await PutAsync("mine.txt", "mine");
        using var neighbour = plane.NewClient(other);
        Assert.Equal("{}", await neighbour.GetStringAsync(Files, Ct));
        using (var missing = await neighbour.GetAsync($"{Files}/mine.txt", Ct))
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var crossed = await team.GetAsync($"{Files}/workspaces/{other}/x.txt", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
        using var fromDefault = await plane.Client.GetAsync($"{Files}?path=workspaces/{other}", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, fromDefault.StatusCode);
        Assert.DoesNotContain("workspaces", await plane.Client.GetStringAsync(Files, Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/workspaces")]
    [InlineData("/workspaces/")]
    [InlineData("/workspaces//x.txt")]
    [InlineData("?path=workspaces")]
    [InlineData("?path=workspaces//x.txt")]
    public async Task The_workspaces_prefix_needs_a_name(string path)
    {
        using var response = await team.GetAsync(Files + path, Ct);
        var error = await JsonAsync(response);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "Artifact paths prefixed with 'workspaces/' must include a workspace name."),
            (response.StatusCode, error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task The_workspaces_prefix_and_its_base_path_lead_to_the_same_file()
    {
        var name = PlaneFixture.FreshWorkspace();
        using (await plane.Client.PutAsync($"/w/{name}{Files}/1/x.txt", new StringContent("x"), Ct))
        using (var named = plane.NewClient(name))
        {
            Assert.Equal("x", await named.GetStringAsync($"{Files}/1/x.txt", Ct));
            Assert.Equal("x", await named.GetStringAsync($"{Files}/workspaces/{name}/1/x.txt", Ct));
        }
    }

    [Theory]
    [InlineData("mpu/create", """{"path":"local.bin","num_parts":2}""")]
    [InlineData("mpu/complete", """{"path":"local.bin","upload_id":"u","parts":[{"part_number":1,"etag":"e"}]}""")]
    [InlineData("mpu/abort", """{"path":"local.bin","upload_id":"u"}""")]
    public async Task A_folder_has_no_multipart_uploads_and_says_so_in_the_clients_words(string operation, string body)
    {
        using var response = await team.PostAsync($"/api/2.0/mlflow-artifacts/{operation}/1/model", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        var error = await JsonAsync(response);
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Equal("NOT_IMPLEMENTED", error.GetProperty("error_code").GetString());
        Assert.Equal("Multipart upload is not supported for the current artifact repository", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_folder_has_no_addresses_of_its_own()
    {
        using var response = await team.GetAsync("/api/2.0/mlflow-artifacts/presigned/1/x", Ct);
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Equal("Multipart download is not supported for the current artifact repository", (await JsonAsync(response)).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("mpu/create", "{}", "Missing value for required parameter 'path'.")]
    [InlineData("mpu/create", """{"path":"x","num_parts":0}""", "num_parts must be between 1 and 10000.")]
    [InlineData("mpu/complete", """{"path":"x","upload_id":"u"}""", "Missing value for required parameter 'parts'.")]
    public async Task A_multipart_request_is_judged_before_the_store_is_asked(string operation, string body, string message)
    {
        using var response = await team.PostAsync($"/api/2.0/mlflow-artifacts/{operation}/1/model", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(message, (await JsonAsync(response)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

    private async Task<string> PutAsync(string path, string content)
    {
        using var response = await team.PutAsync($"{Files}/{path}", new StringContent(content), Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Ct);
    }
}
