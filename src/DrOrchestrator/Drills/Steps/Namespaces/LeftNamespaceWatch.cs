using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>What the clusters were last seen to hold of dead runs.</summary>
/// <param name="Found">Namespaces that no open run needs, and sites of plans that make some and were not seen. Null where nothing is known: never looked, or too long ago.</param>
/// <param name="At">When that was looked at, or the look before it went stale; null before the first one.</param>
public sealed record LeftNamespaceSight(LeftNamespacesFound? Found, DateTimeOffset? At)
{
    /// <summary>Before the first look, and where no plan makes a namespace.</summary>
    public static LeftNamespaceSight Nothing { get; } = new(null, null);
}

/// <summary>What runs left at the clusters, for people to look at: whoever reads it waits for no cluster.</summary>
public interface ILeftNamespaceSight
{
    LeftNamespaceSight Read();
}

/// <summary>
/// Looks once a minute for namespaces of dead runs, where a plan of the estate makes namespaces. What was seen is good for five minutes; after that nobody can tell. It removes nothing.
/// </summary>
internal sealed class LeftNamespaceWatch(LeftNamespaces left, IPlans plans, ProcessClock clock, IHostApplicationLifetime lifetime, ILogger<LeftNamespaceWatch> logger) : BackgroundService, ILeftNamespaceSight
{
    /// <summary>How long one look speaks for the clusters.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Others may belong to a run that is going on somewhere else.</summary>
    private static readonly string[] Dead = [LeftNamespaces.Left, LeftNamespaces.Expired, LeftNamespaces.Ending];

    private LeftNamespaceSight _newest = LeftNamespaceSight.Nothing;

    public LeftNamespaceSight Read() => Volatile.Read(ref _newest) is { At: { } at } seen && clock.Now - at > ValidFor ? seen with { Found = null } : Volatile.Read(ref _newest);

    /// <summary>One look, at once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var sites = plans.All.SelectMany(plan => plan.AllSteps).Where(step => step.Kind == K8sNamespaceStep.Kind)
            .SelectMany(step => (string?[])[step.Site, step.Rehearsal?.Site]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (sites.Count == 0)
        {
            Volatile.Write(ref _newest, LeftNamespaceSight.Nothing);
            return;
        }

        var at = clock.Now;
        var found = await left.LookAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _newest, new LeftNamespaceSight(new LeftNamespacesFound([.. found.Namespaces.Where(ns => Dead.Contains(ns.State))], [.. found.NotSeen.Where(site => sites.Contains(site.Site))]), at));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Every, clock.Provider);
            do
            {
                try
                {
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    // What was seen goes stale meanwhile, and says so.
                    Log.LeftNotLooked(logger, failure.Message);
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
