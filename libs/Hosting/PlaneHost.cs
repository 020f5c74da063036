using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using MlopsPlane.Hosting.Logs;
using MlopsPlane.Hosting.Operations;
using MlopsPlane.Hosting.Ports;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Hosting.Transport;
using MlopsPlane.Web.Errors;
using MlopsPlane.Web.Guards;
using MlopsPlane.Web.Health;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.OpenApi;
using MlopsPlane.Web.Telemetry;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting;

/// <summary>Builds and runs a process out of modules; one pipeline for every host.</summary>
public static class PlaneHost
{
    public const string DefaultUrl = "http://127.0.0.1:5000";

    /// <summary>Name of what every process answers whatever its modules are.</summary>
    public const string OwnApi = "plane";

    /// <summary>Log category of the requests that begin and end.</summary>
    private const string RequestCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Runs the verb or the server that the arguments ask for; returns the process's exit status.</summary>
    public static async Task<int> RunAsync(string[] args, PlaneHostOptions options, params IPlaneModule[] modules)
    {
        try
        {
            WidenConsole();
            var command = CommandLine.Parse(args);
            var app = Build(command, options, modules);
            await using (app)
                return await HostVerbs.RunAsync(command, app, options);
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }

    /// <summary>The platform's writer sends 256 characters at a time: a line of the log would be several calls of the system.</summary>
    private static void WidenConsole() =>
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 32 * 1024) { AutoFlush = true });

    /// <summary>Builds the application without starting it.</summary>
    /// <exception cref="StartRefusedException">The configuration asks for something that is not allowed.</exception>
    public static WebApplication Build(CommandLine command, PlaneHostOptions options, params IPlaneModule[] modules)
    {
        // A content root of its own keeps settings files of the folder that the user stands in out of the configuration.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = options.Title,
            ContentRootPath = AppContext.BaseDirectory,
        });
        Configure(builder, command, options, modules);
        StartEvents.Check(builder.Configuration, options);
        var mode = StartIdentity.ModeOf(builder.Configuration, options);
        AddServices(builder, options, mode, modules);
        var app = builder.Build();
        UsePipeline(app, options, mode, modules);
        return app;
    }

    private static void Configure(WebApplicationBuilder builder, CommandLine command, PlaneHostOptions options, IPlaneModule[] modules)
    {
        var defaults = new Dictionary<string, string?>(options.Defaults, StringComparer.Ordinal);
        defaults.TryAdd("Storage:MigrateAtStart", options.Embedded ? "true" : "false");
        defaults.TryAdd("urls", DefaultUrl);
        defaults.TryAdd("Drain:Seconds", options.Embedded ? "0" : "5");
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = defaults });
        // Above the environment and below the command line; what can change while the process runs is read again.
        if (command.Settings.TryGetValue("config", out var file) && file is not null)
            builder.Configuration.AddJsonFile(ExistingFile(file), optional: false, reloadOnChange: true);
        builder.Configuration.AddInMemoryCollection(command.Settings);
        var urls = builder.Configuration["urls"] ?? DefaultUrl;
        var grpcUrls = modules.Any(module => module.SpeaksGrpc) ? GrpcListening.AddressesOf(builder.Configuration, options, urls) : null;
        builder.Services.AddSingleton(new GrpcAddresses(grpcUrls));
        builder.WebHost.UseUrls([urls, .. grpcUrls is null ? Array.Empty<string>() : [grpcUrls]]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            GrpcListening.Apply(kestrel, grpcUrls);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.DefaultBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestLineSize = RawTargetGuard.MaxLength + 1024;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(10));
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TransportBuffers>();
        builder.Logging.ClearProviders();
        var json = string.Equals(builder.Configuration["Logging:Format"], "json", StringComparison.OrdinalIgnoreCase);
        builder.Logging.AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        }).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton<ConsoleFormatter>(provider =>
            new RedactedConsole(provider, json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple));
        builder.Logging.AddConsole(console => console.FormatterName = RedactedConsole.FormatterName);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Critical)
            .AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical);
        // While anybody listens to this category the server makes an activity for every request; with an exporter it does so anyway.
        if (!IsWanted(builder.Configuration, RequestCategory))
            builder.Logging.AddFilter(RequestCategory, LogLevel.None);
    }

    /// <summary>Whether the configuration names a category of the web server's log, or one above it.</summary>
    private static bool IsWanted(ConfigurationManager configuration, string category) => configuration.GetSection("Logging:LogLevel").GetChildren().Any(level =>
        level.Key.StartsWith("Microsoft.AspNetCore", StringComparison.OrdinalIgnoreCase) && category.StartsWith(level.Key, StringComparison.OrdinalIgnoreCase));

    private static string ExistingFile(string file) =>
        File.Exists(file) ? Path.GetFullPath(file) : throw new StartRefusedException($"--config: {file} does not exist.");

    private static void AddServices(WebApplicationBuilder builder, PlaneHostOptions options, IdentityMode mode, IPlaneModule[] modules)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddMetrics();
        services.AddProblemDetails();
        // What cannot be read, in a body or a query, is told in the shape of every other error, not with an empty 400.
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new CleanTextConverter()));
        services.AddOptions<GuardOptions>().BindConfiguration("Web");
        services.AddOpenApi(OwnApi, openApi => openApi.Describe(OwnApi, "MlopsPlane operations"));
        services.AddSingleton<PlaneTelemetry>();
        services.AddHostedService(provider => provider.GetRequiredService<PlaneTelemetry>());
        services.AddHostedService<MigrateAtStart>();
        services.AddOptions<DrainOptions>().BindConfiguration("Drain");
        services.AddSingleton<DrainAtStop>();
        services.AddHostedService(provider => provider.GetRequiredService<DrainAtStop>());
        services.AddHealthChecks().AddCheck<DrainAtStop>("serving", tags: ["ready"]);
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
        var context = new ModuleContext(modules.Select(module => module.Name).ToHashSet(StringComparer.Ordinal), options.Embedded);
        foreach (var module in modules)
            module.AddServices(builder, context);
        services.AddOptions<IdentityOptions>().BindConfiguration("Identity");
        services.AddIdentity(mode, context.Modules);
        services.AddPortsToPeers(context.Modules);
    }

    private static void UsePipeline(WebApplication app, PlaneHostOptions options, IdentityMode mode, IPlaneModule[] modules)
    {
        // What the platform puts in on its own when a library brings its authorization along; ours is below.
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        // The edge gives a request its trace by the header alone.
        if (!options.Edge)
            app.UseMiddleware<RequestTrace>();
        app.UseMiddleware<ErrorMiddleware>();
        // Behind the edge no browser calls, and the name that it was called by is the edge's business.
        if (mode != IdentityMode.Tokens)
            app.UseMiddleware<HostGuard>();
        app.UseMiddleware<RawTargetGuard>();
        app.UseMiddleware<LeadingSlashes>();
        app.UseMiddleware<WorkspaceMiddleware>();
        app.UseMiddleware<AuthenticationMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AuthorizationMiddleware>();
        app.MapProbes();
        app.MapGet("/metrics", (PlaneTelemetry telemetry) => TypedResults.Text(telemetry.CollectText(), "text/plain; version=0.0.4"))
            .WithName("plane.Metrics").Requires(AccessPolicy.Read(ResourceKind.Operations) with { InAllWorkspaces = true }).ExcludeFromDescription();
        foreach (var module in modules)
            module.MapEndpoints(app.MapGroup("").WithGroupName(module.Name));
        // The edge does these for everything that lies behind it.
        if (options.Edge)
            return;
        app.MapApiDescriptions();
        app.MapGroup("").WithGroupName(OwnApi).MapEventAdministration();
        string[] described = [.. modules.Where(module => module.HasApi).Select(module => module.Name), OwnApi];
        app.MapJoinedDescription(http => ApiDescription.JoinOwnAsync(http, described));
    }
}
