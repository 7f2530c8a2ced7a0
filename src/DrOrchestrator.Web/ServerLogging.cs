using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using Serilog.Events;

namespace DrOrchestrator.Web;

/// <summary>Serilog: everything of interest into rolling files of the data folder, warnings to the console's error stream.</summary>
internal static class ServerLogging
{
    private const string FileLine = "{Timestamp:yyyy-MM-dd'T'HH:mm:ss.ffffffzzz} {Level:u3} {SourceContext} {EventId} {Message:lj}{NewLine}{Exception}";
    private const string ConsoleLine = "{Level:u3} {Message:lj}{NewLine}";

    public static IServiceCollection AddServerLogging(this IServiceCollection services, DataFolder folder) =>
        services.AddSerilog(
            (provider, log) => log
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Hangfire", LogEventLevel.Warning)
                .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
                .WriteTo.File(
                    Path.Combine(folder.Logs, "dro-.log"),
                    outputTemplate: FileLine,
                    formatProvider: CultureInfo.InvariantCulture,
                    rollingInterval: RollingInterval.Day,
                    fileSizeLimitBytes: 64 * 1024 * 1024,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: 31)
                .WriteTo.Sink(new PlainConsole(provider.GetRequiredService<StandardStreams>().Error, ConsoleLine), LogEventLevel.Warning),
            preserveStaticLogger: true);

    /// <summary>A lookout has no folder of its own: all of it goes to the error stream.</summary>
    public static IServiceCollection AddLookoutLogging(this IServiceCollection services) =>
        services.AddSerilog(
            (provider, log) => log
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .WriteTo.Sink(new PlainConsole(provider.GetRequiredService<StandardStreams>().Error, ConsoleLine)),
            preserveStaticLogger: true);
}
