using System.Collections.Concurrent;
using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Reads recovery points, the serving site first and every standby after it, and keeps the newest exposure of each.</summary>
internal sealed class Exposures(EstateHolder estates, IServingSites servingSites, PositionsReader reader, ExposureHistory history, ProcessClock clock) : IExposures
{
    private readonly ConcurrentDictionary<(string System, string Serving, string Standby), Exposure> _newest = new();
    private readonly ConcurrentDictionary<string, Round> _rounds = new(StringComparer.Ordinal);

    public Exposure? Current(string system, string standby)
    {
        var definition = estates.Current.RecoveryPoints.FirstOrDefault(r => r.System == system && r.Settings is PositionsSettings p && p.Sites.ContainsKey(standby));
        var serving = servingSites.ServingSiteOf(system);
        if (definition is null || serving == standby)
        {
            return null;
        }

        var now = clock.Now;
        if (!_newest.TryGetValue((system, serving, standby), out var newest))
        {
            return Unknown(system, standby, now, now, "not read yet");
        }

        return now <= newest.ValidUntil
            ? newest
            : Unknown(system, standby, newest.ObservedAt, newest.ValidUntil, string.Create(
                CultureInfo.InvariantCulture, $"the newest reading is {(now - newest.ObservedAt).TotalSeconds:0.#}s old"));
    }

    public async Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken)
    {
        var definition = estates.Current.RecoveryPoints.FirstOrDefault(r => r.Name == recoveryPoint)
            ?? throw new ArgumentException($"the estate has no recovery point '{recoveryPoint}'", nameof(recoveryPoint));
        var exposures = await ReadAsync(definition, cancellationToken).ConfigureAwait(false);
        return exposures.FirstOrDefault(e => e.Standby == standby)
            ?? throw new ArgumentException($"recovery point '{recoveryPoint}' has no standby '{standby}' while {servingSites.ServingSiteOf(definition.System)} serves", nameof(standby));
    }

    /// <summary>One round of one recovery point. Rounds of the same one follow each other.</summary>
    public async Task<IReadOnlyList<Exposure>> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var sites = ((PositionsSettings)definition.Settings).Sites;
        var round = _rounds.GetOrAdd(definition.Name, static _ => new Round());
        await round.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var serving = servingSites.ServingSiteOf(definition.System);
            if (round.Tracker?.Serving != serving)
            {
                round.Tracker = new ExposureTracker(definition, serving);
            }

            var primary = await ReadSiteAsync(definition, sites, serving, cancellationToken).ConfigureAwait(false);
            round.Tracker.ObservePrimary(primary);
            var standbys = await Task.WhenAll(sites.Keys.Where(site => site != serving)
                .Select(site => ReadSiteAsync(definition, sites, site, cancellationToken))).ConfigureAwait(false);
            List<Exposure> exposures = [.. standbys.Select(standby => round.Tracker.ObserveStandby(primary, standby))];
            if (servingSites.ServingSiteOf(definition.System) == serving)
            {
                exposures.ForEach(exposure => Publish(serving, exposure));
            }

            return exposures;
        }
        finally
        {
            round.Gate.Release();
        }
    }

    private async Task<PositionResult> ReadSiteAsync(
        RecoveryPointDefinition definition, IReadOnlyDictionary<string, Uri> sites, string site, CancellationToken cancellationToken) =>
        sites.TryGetValue(site, out var address)
            ? await reader.ReadAsync(site, address, definition.Timeout, cancellationToken).ConfigureAwait(false)
            : new PositionResult.Failed(site, clock.Now, clock.Now, $"recovery point '{definition.Name}' has no address for {site}", false);

    // What was read before a switch compares the wrong two sides: the serving one is part of the key.
    private void Publish(string serving, Exposure exposure)
    {
        _newest[(exposure.System, serving, exposure.Standby)] = exposure;
        history.Add(exposure, clock.Now);
    }

    private static Exposure Unknown(string system, string standby, DateTimeOffset observedAt, DateTimeOffset validUntil, string reason) =>
        new(system, standby, null, null, null, ReplicationState.Unknown, observedAt, validUntil, reason);

    private sealed class Round
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public ExposureTracker? Tracker { get; set; }
    }
}
