using DrOrchestrator.Calendars;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Metrics;
using DrOrchestrator.Web.Security;
using Hangfire;
using Hangfire.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web;

/// <summary>The one composition of the server: <c>dro serve</c>, the tests and the kill-test host start this and nothing else.</summary>
public static class ServerBuilder
{
    /// <summary>Largest request body, in bytes.</summary>
    public const int BodyLimit = 64 * 1024;

    /// <summary>Of an answer, which may bring a file: <see cref="Attachments.Largest"/> in base64, and what stands around it.</summary>
    public const int AnswerBodyLimit = (Attachments.Largest / 3 * 4) + (256 * 1024);

    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(2);

    /// <summary>For the people whose server is refused because this one has the turn.</summary>
    internal static string WhoWeAre => $"dro {Environment.MachineName} process {Environment.ProcessId}";

    /// <summary>
    /// Takes the data folder, brings the database up to date, opens the evidence and reads the estate, in this order; the application that comes back has only to
    /// be started. Dispose it to let go of the folder.
    /// </summary>
    /// <param name="overrides">Registrations that replace ours; the last one wins.</param>
    /// <exception cref="ServeException">Something of that failed, with the exit code that says what; nothing is left open.</exception>
    public static WebApplication Build(ServeOptions options, Action<IServiceCollection>? overrides = null)
    {
        Check(options);
        var folder = DataFolder.Open(options.DataFolder);
        WebApplication? app = null;
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dro", ContentRootPath = folder.Path });
            builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = BodyLimit;
            });
            AddServer(builder.Services, options, folder);
            overrides?.Invoke(builder.Services);
            app = builder.Build();
            OpenStores(app.Services);
            Map(app);
            return app;
        }
        catch
        {
            (app as IDisposable)?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Builds, runs until it is told to stop, and says what went wrong on the error stream; returns the exit code.</summary>
    public static async Task<int> RunAsync(ServeOptions options, Action<IServiceCollection>? overrides = null, CancellationToken cancellationToken = default)
    {
        try
        {
            string? lost = null;
            Check(options);
            for (var atStart = true; !options.StandsBy || await StandBy.WaitAsync(options, atStart, lost, cancellationToken); atStart = false)
            {
                try
                {
                    await using var app = Build(options, overrides);
                    await ListenAddresses.ExplainAsync(() => app.StartAsync(cancellationToken), options.Urls);
                    await app.WaitForShutdownAsync(cancellationToken);
                    lost = app.Services.GetService<TurnKeeper>()?.Lost;
                    if (lost is null || !options.StandsBy)
                    {
                        return lost is null ? 0 : ServeFailure.DataFolderInUse;
                    }
                }
                catch (ServeException faster) when (options.StandsBy && faster.InnerException is TurnTakenException or DatabaseAwayException)
                {
                    // Another one was faster, or the database has just gone away: it is waited for, as before.
                }
            }

            return 0;
        }
        catch (ServeException refused)
        {
            await Console.Error.WriteLineAsync(refused.Failure.Message);
            return refused.Failure.ExitCode;
        }
    }

    /// <summary>What can be seen to be wrong before anything is opened.</summary>
    /// <exception cref="ServeException">With what is wrong.</exception>
    private static void Check(ServeOptions options)
    {
        ListenAddresses.Check(options.Urls);
        CheckCommands(options.AllowedCommands);
        if (options is { StandsBy: true, Database: null })
        {
            throw new ServeException(ServeFailure.Usage, "--stand-by needs a PostgreSQL that servers share: name it with --database, --database-file or DRO_DATABASE. On a data folder of its own there is nobody to wait for.");
        }
    }

    /// <summary>A program that cannot be run as it was allowed is better said now than by its first probe.</summary>
    internal static void CheckCommands(IReadOnlyList<string> paths)
    {
        var allowed = new AllowedCommands(paths);
        if (paths.Select(allowed.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            throw new ServeException(ServeFailure.Usage, $"--allow-command: {refusal}.");
        }
    }

    private static void AddServer(IServiceCollection services, ServeOptions options, DataFolder folder)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => folder);
        services.AddSingleton(StandardStreams.OfProcess);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new AllowedCommands(options.AllowedCommands));
        services.AddSingleton(new OwnVantage(options.Vantage));
        services.AddProduct(folder.Path);
        services.Configure<SpoolOptions>(spool => spool.LimitMiB = options.SpoolMiB ?? spool.LimitMiB);
        if (options.Database is { } text)
        {
            services.AddSingleton<Database>(_ => new PostgresDatabase(text.Reveal()));
            services.AddSingleton(provider => ((PostgresDatabase)provider.GetRequiredService<Database>()).Turn(WhoWeAre));
            services.AddSingleton<TurnKeeper>();
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TurnKeeper>());
            services.AddSharedRuns();
        }

        services.AddSingleton<EstateOpening>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.AddServerLogging(folder);

        services.AddSingleton<JobStorage>(provider => provider.GetRequiredService<Database>() is PostgresDatabase shared ? PostgresJobs.Open(shared) : new InMemoryStorage());
        services.AddCalendars(options.Database is null ? folder.QuartzDatabase : null);

        services.AddRoutingCore();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        services.AddSecurity(folder);
        services.AddWatching();
        services.AddHostedService(provider => provider.GetRequiredService<FingerprintWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<FenceDutyLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<StepDutiesLoop>());
        services.AddSingleton<StatusReader>()
            .AddSingleton<DrillProgress>()
            .AddSingleton<ProbeReport>();
        services.AddSingleton<MetricsPage>();
        services.AddDashboard();
        services.AddHostedService<ReadingKeeper>();
        services.AddSingleton(AnnouncedLine.Ready).AddSingleton<IHostedService, Announcement>();
        if (options.StopWithStdin)
        {
            services.AddSingleton<IHostedService, StdinWatch>();
        }
    }

    /// <summary>What must be in order before anything listens, each with its own way to fail.</summary>
    private static void OpenStores(IServiceProvider services)
    {
        var folder = services.GetRequiredService<DataFolder>();
        try
        {
            var database = services.GetRequiredService<Database>();
            DatabaseBinding.CheckKind(folder.Path, database);
            services.GetService<ServerTurn>()?.EnsureWithinAsync(TurnPatience, TimeProvider.System).GetAwaiter().GetResult();
            services.GetRequiredService<Migrator>().Run();
            DatabaseBinding.Bind(folder.Path, database);
            services.GetRequiredService<IEvidenceLog>();
        }
        catch (TurnTakenException taken)
        {
            throw new ServeException(ServeFailure.DataFolderInUse, taken.Message, taken);
        }
        catch (Exception failure) when (failure is DatabaseAwayException or DatabaseUnfitException)
        {
            throw new ServeException(ServeFailure.Database, failure.Message, failure);
        }
        catch (Exception failure) when (failure is not ServeException)
        {
            throw new ServeException(ServeFailure.Internal, failure.Message, failure);
        }

        services.GetRequiredService<EstateOpening>().OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.MapHealthEndpoints();
        var api = app.MapGroup("/api/v1");
        api.MapStatusEndpoints();
        api.MapAlertEndpoints();
        api.MapAssessmentEndpoints();
        api.MapExposureEndpoints();
        api.MapProbeEndpoints();
        api.MapPlanEndpoints();
        api.MapCalendarEndpoints();
        api.MapDrillEndpoints();
        api.MapAnswerEndpoints();
        api.MapTokenEndpoints();
        api.MapOrderEndpoints();
        api.MapAvailabilityEndpoints();
        api.MapMaintenanceEndpoints();
        api.MapNamespaceEndpoints();
        api.MapEvidenceEndpoints();
        app.MapGet("/metrics", (HttpContext context, MetricsPage metrics) => metrics.WriteAsync(context));
        app.MapDashboard();
    }
}
