using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>What the clusters were last seen to hold of dead runs.</summary>
/// <param name="Found">Namespaces that no open run needs, and sites of plans that make some and were not seen. Null where nothing is known: never looked, or too long ago.</param>
/// <param name="At">When that was looked at, or the look before it went stale; null before the first one. Where none has succeeded for that long, since when it is tried.</param>
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

    private readonly Lock _gate = new();

    // What was seen, and since when there is something to look for.
    private (LeftNamespaceSight Seen, DateTimeOffset? Since) _newest = (LeftNamespaceSight.Nothing, null);

    public LeftNamespaceSight Read()
    {
        lock (_gate)
        {
            var at = _newest.Seen.At ?? _newest.Since;
            return clock.Now - at > ValidFor ? new LeftNamespaceSight(null, at) : _newest.Seen;
        }
    }

    /// <summary>One look, at once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var sites = plans.All.SelectMany(plan => plan.AllSteps).Where(step => step.Kind == K8sNamespaceStep.Kind)
            .SelectMany(step => (string?[])[step.Site, step.Rehearsal?.Site]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var at = clock.Now;
        lock (_gate)
        {
            _newest = sites.Count == 0 ? (LeftNamespaceSight.Nothing, null) : (_newest.Seen, _newest.Since ?? at);
        }

        if (sites.Count == 0)
        {
            return;
        }

        var found = await left.LookAsync(cancellationToken).ConfigureAwait(false);
        var meant = left.OfTheSameClusters(sites);
        var seen = new LeftNamespaceSight(new LeftNamespacesFound([.. found.Namespaces.Where(ns => IsDead(ns, at))], [.. found.NotSeen.Where(site => meant.Contains(site.Site))]), at);
        lock (_gate)
        {
            _newest = (seen, _newest.Since);
        }
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

    /// <summary>Others may belong to a run that is going on somewhere else, or are ending as that one meant it.</summary>
    private static bool IsDead(LeftNamespace ns, DateTimeOffset at) => ns.State switch
    {
        LeftNamespaces.Left or LeftNamespaces.Expired => true,
        LeftNamespaces.Ending => ns.IsOwn || ns.Expires <= at,
        _ => false,
    };
}
