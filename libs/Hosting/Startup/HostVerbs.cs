using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlopsPlane.Hosting.Operations;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Hosting.Startup;

/// <summary>What a host can be asked to do.</summary>
internal static class HostVerbs
{
    public static async Task<int> RunAsync(CommandLine command, WebApplication app, PlaneHostOptions options) => command.Verb switch
    {
        "migrate" => await MigrateAsync(app, options),
        "admin-key" => await MakeAdminKeyAsync(app),
        "backup" => await BackupVerb.RunAsync(app.Services, command.Operand!),
        "restore" => await RestoreVerb.RunAsync(app.Services, command.Operand!),
        _ => await ServeAsync(app, options),
    };

    private static async Task<int> ServeAsync(WebApplication app, PlaneHostOptions options)
    {
        using var folder = options.Embedded ? DataFolderLock.Take(app.Services) : null;
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new StartRefusedException($"{taken.Message} Another process listens there; --urls names other addresses.");
        }

        if (app.Services.GetRequiredService<IAuthenticator>() is not LocalAuthenticator && options.Embedded)
            await ShowFirstKeyAsync(app);
        // Scripts wait for this line; it is the only thing written to standard output before a request.
        var urls = GrpcListening.Divide(app.Urls, app.Services.GetRequiredService<GrpcAddresses>());
        var grpc = urls.Contains(true) ? $", with gRPC on {string.Join(", ", urls[true])}," : "";
        await Console.Out.WriteLineAsync($"{options.Title}{grpc} is ready on {string.Join(", ", urls[false])}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Whoever starts it for the first time on an open address gets the key that it asks for from then on.</summary>
    private static async Task ShowFirstKeyAsync(WebApplication app)
    {
        if (await app.Services.GetRequiredService<IAdminKeys>().MakeFirstAsync(CancellationToken.None) is { } key)
            await Console.Out.WriteLineAsync($"Every request needs a key. This one may do everything and is shown only now:\nexport MLFLOW_TRACKING_TOKEN={key}");
    }

    /// <summary>Prints a new key on a line of its own; beside a running process too.</summary>
    private static async Task<int> MakeAdminKeyAsync(WebApplication app)
    {
        if (app.Services.GetService<IAdminKeys>() is not { } keys)
            throw new StartRefusedException("Keys are Access's: ask its host, or the whole product.");
        try
        {
            await Console.Out.WriteLineAsync(await keys.MakeAsync("admin-key", CancellationToken.None));
            return 0;
        }
        catch (Exception failure) when ((failure as DbException ?? failure.InnerException as DbException) is { } database)
        {
            throw new StartRefusedException($"No key could be stored: {database.Message} If the product was never started on this data, start it or run 'migrate' first.");
        }
    }

    private static async Task<int> MigrateAsync(WebApplication app, PlaneHostOptions options)
    {
        using var folder = options.Embedded ? DataFolderLock.Take(app.Services) : null;
        foreach (var migrator in app.Services.GetServices<IMigrator>())
        {
            foreach (var applied in await migrator.MigrateAsync(CancellationToken.None))
                await Console.Out.WriteLineAsync($"applied {applied}");
        }

        await Console.Out.WriteLineAsync("The schema is up to date.");
        return app.Services.GetService<ITopologyDeclarer>() is { } topology ? await DeclareAsync(topology) : 0;
    }

    /// <summary>The broker comes after the databases: a consumer's promise lies in its database.</summary>
    private static async Task<int> DeclareAsync(ITopologyDeclarer topology)
    {
        try
        {
            var manifest = await topology.DeclareAsync(CancellationToken.None);
            foreach (var line in manifest)
                await Console.Out.WriteLineAsync($"declared {line}");
            if (manifest.Count > 0)
                await Console.Out.WriteLineAsync("The broker knows the queues.");
            return 0;
        }
        catch (InvalidOperationException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }
}
