using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MlopsPlane.Web.Telemetry;

/// <summary>
/// Collects the platform's meters and activity sources: as Prometheus text for <c>/metrics</c>, and over OTLP when
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// </summary>
public sealed class PlaneTelemetry : IHostedService, IDisposable
{
    private readonly Lock collecting = new();
    private readonly PrometheusText exporter = new();
    private readonly BaseExportingMetricReader reader;
    private readonly MeterProvider meters;
    private readonly TracerProvider? traces;

    public PlaneTelemetry(IConfiguration configuration, IHostEnvironment environment, IMeterFactory meterFactory)
    {
        var exportOverOtlp = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var resource = ResourceBuilder.CreateDefault().AddService(configuration["OTEL_SERVICE_NAME"] ?? environment.ApplicationName);
        reader = new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        var metering = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("MlopsPlane.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql")
            .AddView(instrument => IsOfAnotherHost(instrument, meterFactory) ? MetricStreamConfiguration.Drop : null)
            .AddReader(reader);
        if (exportOverOtlp)
        {
            metering.AddOtlpExporter();
            traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
                .AddSource("MlopsPlane.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
                .AddOtlpExporter().Build();
        }

        meters = metering.Build();
    }

    /// <summary>All metrics as they are now, in the Prometheus text format.</summary>
    public string CollectText()
    {
        lock (collecting)
        {
            reader.Collect(5000);
            return exporter.Written;
        }
    }

    // Meters of the same name share their metrics, and the first host of a process that stops would end them for all.
    private static bool IsOfAnotherHost(Instrument instrument, IMeterFactory own) =>
        instrument.Meter.Scope is IMeterFactory other && !ReferenceEquals(other, own);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        meters.Dispose();
        traces?.Dispose();
        exporter.Dispose();
    }
}
