using System.Globalization;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Journeys;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Journeys;

public sealed class WalkthroughTests
{
    private const long FileLength = 200L * 1024 * 1024;
    private const long Flat = 64L * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task A_team_logs_finds_keeps_and_registers_and_another_team_sees_nothing_of_it(DatabaseProvider provider)
    {
        var folder = Directory.CreateTempSubdirectory("plane-walk-");
        try
        {
            using var plane = await PlaneProcess.StartAsync(folder.FullName, await ArgumentsAsync(provider));
            var walk = new Walkthrough(new TeamClient(plane.Http, "team-a", Ct));
            await walk.LogAsync();
            await walk.FindAsync();
            var before = await ResidentAsync(plane.Id);
            await walk.KeepFileAsync(FileLength);
            var growth = await ResidentAsync(plane.Id) - before;
            Assert.True(growth < Flat, $"A file of {FileLength >> 20} MiB made the process grow by {growth >> 20} MiB.");
            await walk.RegisterAsync();
            await walk.DeleteAndRestoreAsync();
            await walk.AssertHiddenFromAsync(new TeamClient(plane.Http, "team-b", Ct));
            Assert.Equal(0, await plane.StopAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string[]> ArgumentsAsync(DatabaseProvider provider) => provider == DatabaseProvider.Sqlite
        ? []
        : PlaneProcess.OnPostgres(await (await Require.PostgresAsync()).CreateDatabasesAsync($"walk{Guid.CreateVersion7():N}", "access", "tracker", "registry"));

    /// <summary>Resident memory of a process in bytes.</summary>
    private static async Task<long> ResidentAsync(int process)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{process}/status", Ct)).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
