using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web;

/// <summary>How <c>dro look</c> was asked to run.</summary>
/// <param name="EstateFolder">Folder of the estate's YAML: the same files as the server's.</param>
/// <param name="Vantage">The vantage point it looks from.</param>
/// <param name="Database">The server's PostgreSQL.</param>
/// <param name="StopWithStdin">Ends the lookout when its standard input ends.</param>
/// <param name="AnnounceReady">Prints <c>{"ready":true,"vantage":"..."}</c> on standard output once it looks.</param>
public sealed record LookoutOptions(string EstateFolder, string Vantage, ConnectionText Database, bool StopWithStdin = false, bool AnnounceReady = false)
{
    /// <summary>Full paths of the programs that probes of the estate may start here; none unless named.</summary>
    public IReadOnlyList<string> AllowedCommands { get; init; } = [];
}

/// <summary>
/// The composition of a lookout: it runs the service and standby probes of the estate from another place, and leaves what it sees in the server's database, for its vote.
/// It decides nothing and keeps no record; it has no data folder, no pages and no turn of the database.
/// </summary>
public static class LookoutBuilder
{
    /// <summary>Reads the estate; what comes back has only to be started. The database need not answer yet.</summary>
    /// <param name="overrides">Registrations that replace ours; the last one wins.</param>
    /// <exception cref="ServeException">Something of that failed, with the exit code that says what.</exception>
    public static async Task<IHost> BuildAsync(LookoutOptions options, Action<IServiceCollection>? overrides = null)
    {
        ServerBuilder.CheckCommands(options.AllowedCommands);
        var estate = await ReadAsync(options).ConfigureAwait(false);
        var database = Open(options.Database);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "dro" });
        var own = new OwnVantage(options.Vantage);
        builder.Services
            .AddSingleton(StandardStreams.OfProcess)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(provider => new ProcessClock(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<Database>(_ => database)
            .AddSingleton(new EstateHolder(estate with { Probes = [.. estate.Probes.Where(probe => probe.Role is ProbeRole.Service or ProbeRole.Standby)] }))
            .AddSingleton(own)
            .AddSingleton(new AllowedCommands(options.AllowedCommands))
            .AddKubernetes()
            .AddProbes()
            .AddLookout(own.Of(estate), estate)
            .AddLookoutLogging();
        if (options.AnnounceReady)
        {
            builder.Services.AddSingleton<IHostedService>(provider => new LookoutReady(options.Vantage, provider.GetRequiredService<StandardStreams>()));
        }

        if (options.StopWithStdin)
        {
            builder.Services.AddSingleton<IHostedService, StdinWatch>();
        }

        overrides?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Builds, runs until it is told to stop, and says what went wrong on the error stream; returns the exit code.</summary>
    public static async Task<int> RunAsync(LookoutOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var host = await BuildAsync(options).ConfigureAwait(false);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return host.Services.GetRequiredService<LookoutEnd>().IsReplaced ? ServeFailure.DataFolderInUse : 0;
        }
        catch (ServeException refused)
        {
            await Console.Error.WriteLineAsync(refused.Failure.Message).ConfigureAwait(false);
            return refused.Failure.ExitCode;
        }
    }

    private static async Task<Estate> ReadAsync(LookoutOptions options)
    {
        switch (EstateLoader.Load(options.EstateFolder, await Product.KindsAsync().ConfigureAwait(false), EstateOpening.ShippedRunbooks))
        {
            case EstateLoadResult.Refused refused:
                throw new ServeException(
                    ServeFailure.InvalidEstate,
                    $"The estate in {options.EstateFolder} is not valid; nothing was started.\n" + string.Join('\n', refused.Errors.Select(error => "  " + error)));
            case EstateLoadResult.Loaded loaded when new OwnVantage(options.Vantage).Problem(loaded.Estate) is { } problem:
                throw new ServeException(ServeFailure.Usage, problem);
            case EstateLoadResult.Loaded { Estate.VantagePoints.Count: < 2 }:
                throw new ServeException(ServeFailure.Usage, $"--vantage {options.Vantage}: the estate declares no other vantage point, and the server looks from this one. Declare a second under 'vantage:'.");
            case EstateLoadResult.Loaded loaded:
                return loaded.Estate;
            case var other:
                throw new InvalidOperationException($"{other.GetType()} is no result of loading an estate.");
        }
    }

    private static PostgresDatabase Open(ConnectionText text)
    {
        try
        {
            return new PostgresDatabase(text.Reveal());
        }
        catch (DatabaseUnfitException unfit)
        {
            throw new ServeException(ServeFailure.Database, unfit.Message, unfit);
        }
    }

    private sealed class LookoutReady(string vantage, StandardStreams streams) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            streams.Output.WriteLine(new JsonObject { ["ready"] = true, ["vantage"] = vantage }.ToJsonString());
            streams.Output.Flush();
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
