using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlopsPlane.EventHost;

// SERVICE consume|relay --Section:Key=value ...
var settings = new ConfigurationBuilder().AddCommandLine(args[2..]).Build().AsEnumerable();
await using var service = EventService.Build(args[0], settings, consumes: args[1] == "consume", inProcess: false);
await service.StartAsync();
await Console.Out.WriteLineAsync($"{args[0]} is ready");
await service.Services.GetRequiredService<IHost>().WaitForShutdownAsync();
