using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web;

/// <summary>
/// A server that stands by (<c>dro serve --stand-by</c>): it holds its data folder, answers that it stands by, watches and carries nothing, and waits until the database's turn is
/// free. So a second server is there at once when the first one dies or stands still, and a first one that wakes up behind another has somewhere to go.
/// </summary>
internal static class StandBy
{
    /// <summary>Returns true once the turn is free to be asked for, false when it was told to stop.</summary>
    /// <param name="atStart">A turn that is free is returned with at once, and a database that cannot be used is said; later both are waited for.</param>
    /// <param name="because">Why this server has no turn any more; null when it never had one.</param>
    /// <exception cref="ServeException">The folder, the address or the database cannot be used.</exception>
    public static async Task<bool> WaitAsync(ServeOptions options, bool atStart, string? because, CancellationToken cancellationToken)
    {
        using var folder = DataFolder.Open(options.DataFolder);
        using var database = Open(options.Database!);
        DatabaseBinding.CheckKind(folder.Path, database);
        var watch = new TurnWatch(database.Turn(ServerBuilder.WhoWeAre));
        if (atStart && FreeNow(watch))
        {
            return true;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dro", ContentRootPath = folder.Path });
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services
            .AddSingleton(options)
            .AddSingleton(folder)
            .AddSingleton(StandardStreams.OfProcess)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(provider => new ProcessClock(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(watch)
            .AddServerLogging(folder)
            .AddHostedService<TurnWaiting>()
            .AddSingleton(AnnouncedLine.StandingBy)
            .AddSingleton<IHostedService, Announcement>();
        if (options.StopWithStdin)
        {
            builder.Services.AddSingleton<IHostedService, StdinWatch>();
        }

        await using var app = builder.Build();
        app.UseMiddleware<SecurityHeaders>();
        app.Run(context => AnswerAsync(context, because));
        await ListenAddresses.ExplainAsync(() => app.StartAsync(cancellationToken), options.Urls).ConfigureAwait(false);
        await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return watch.IsFree && !cancellationToken.IsCancellationRequested;
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

    private static bool FreeNow(TurnWatch watch)
    {
        try
        {
            return watch.Look() is null;
        }
        catch (Exception failure) when (failure is DatabaseAwayException or DatabaseUnfitException)
        {
            // Said at the start, while somebody is looking.
            throw new ServeException(ServeFailure.Database, failure.Message, failure);
        }
    }

    /// <summary>Nobody signs in here: nothing is told that anybody may not know.</summary>
    private static Task AnswerAsync(HttpContext context, string? because)
    {
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                return context.Response.WriteAsync("ok");
            case "/readyz":
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsync("standing by");
            default:
                return Problem.ForNow(
                    "standing-by",
                    (because is null ? "This server stands by: another one watches and carries what is in its database." : "This server stands by: another one took its place while it stood still or was cut off. It writes and sends nothing.")
                    + " Ask that one; this one takes over by itself when that one ends.").ExecuteAsync(context);
        }
    }

    /// <summary>What is seen of the turn.</summary>
    private sealed class TurnWatch(ServerTurn turn)
    {
        public bool IsFree { get; private set; }

        public string? Look()
        {
            var holder = turn.HeldBy();
            IsFree = holder is null;
            return holder;
        }
    }

    private sealed class TurnWaiting(TurnWatch watch, ProcessClock clock, IHostApplicationLifetime lifetime, ILogger<TurnWaiting> logger) : BackgroundService
    {
        private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            string? said = null;
            await Task.Yield();
            using var timer = new PeriodicTimer(Every, clock.Provider);
            try
            {
                do
                {
                    string now;
                    try
                    {
                        if (watch.Look() is not { } holder)
                        {
                            logger.TurnFree();
                            lifetime.StopApplication();
                            return;
                        }

                        now = holder;
                    }
                    catch (Exception failure) when (failure is DatabaseAwayException or DatabaseUnfitException)
                    {
                        now = failure.Message;
                    }

                    if (now != said)
                    {
                        logger.StandsBy(now);
                        said = now;
                    }
                }
                while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // We are stopping.
            }
        }
    }
}
