using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Ports;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Primitives;

namespace MlopsPlane.Libs.Tests.Hosting;

public sealed class PeerClientTests : IAsyncLifetime
{
    private readonly List<WebApplication> replicas = [];
    private readonly TaskCompletionSource never = new();
    private WebApplication asking = null!;

    public ValueTask InitializeAsync()
    {
        asking = PlaneHost.Build(CommandLine.Parse([]), new PlaneHostOptions("asking", Embedded: false));
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_replica_that_hangs_does_not_keep_the_answer_of_the_other()
    {
        var addresses = $"{await HangsAsync()};{await AnswersAsync("second")}";
        Assert.Equal("second", await AskAsync(addresses));
        Assert.Equal("second", await AskAsync(addresses));
    }

    [Fact]
    public async Task A_replica_that_is_only_slow_is_waited_for_when_no_other_answers()
    {
        var addresses = $"{await AnswersAsync("slow", TimeSpan.FromSeconds(3))};{await HangsAsync()}";
        Assert.Equal("slow", await AskAsync(addresses));
    }

    [Fact]
    public async Task A_replica_that_fails_or_is_gone_is_passed_over()
    {
        var gone = await AnswersAsync("gone");
        await replicas[^1].StopAsync();
        Assert.Equal("third", await AskAsync($"{gone};{await FailsAsync()};{await AnswersAsync("third")}"));
    }

    [Fact]
    public async Task When_no_replica_answers_it_is_503()
    {
        var refused = await Assert.ThrowsAsync<PlaneException>(async () => await AskAsync($"{await HangsAsync()};{await FailsAsync()}"));
        Assert.Equal(503, refused.Error.Status);
    }

    public async ValueTask DisposeAsync()
    {
        never.TrySetResult();
        foreach (var replica in replicas)
            await replica.DisposeAsync();
        await asking.DisposeAsync();
    }

    private async Task<string?> AskAsync(string addresses) =>
        (await asking.Services.GetRequiredService<PeerClient>().GetAsync<Answer>("Access", addresses, "question", "default", TestContext.Current.CancellationToken))?.From;

    private Task<string> AnswersAsync(string name, TimeSpan after = default) => StartAsync(async http =>
    {
        await Task.Delay(after, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(new Answer(name));
    });

    private Task<string> HangsAsync() => StartAsync(_ => never.Task);

    private Task<string> FailsAsync() => StartAsync(http =>
    {
        http.Response.StatusCode = 500;
        return Task.CompletedTask;
    });

    private async Task<string> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var replica = builder.Build();
        replica.Run(answer);
        await replica.StartAsync();
        replicas.Add(replica);
        return replica.Urls.Single();
    }

    private sealed record Answer(string From);
}
