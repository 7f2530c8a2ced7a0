using System.Collections.Concurrent;
using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Reads recovery points, the serving site first and every standby after it, and keeps the newest exposure of each.</summary>
internal sealed class Exposures(EstateHolder estates, IServingSites servingSites, RecoveryPointKinds kinds, ExposureHistory history, ProcessClock clock) : IExposures, IDatabaseFacts
{
    private readonly ConcurrentDictionary<(string RecoveryPoint, string Serving, string Standby), Exposure> _newest = new();
    private readonly ConcurrentDictionary<string, Round> _rounds = new(StringComparer.Ordinal);
    private readonly DatabaseFactsKeeper _databases = new();

    public Exposure? Current(string system, string standby) => All(system, standby) is [var first, ..] ? first : null;

    public IReadOnlyList<Exposure> All(string system, string standby)
    {
        var serving = servingSites.ServingSiteOf(system);
        return serving == standby ? [] : [.. Of(system, standby).Select(definition => Newest(definition, serving, standby))];
    }

    public DatabaseFacts? Of(string recoveryPoint) => _databases.Of(recoveryPoint);

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
        var round = _rounds.GetOrAdd(definition.Name, static _ => new Round());
        await round.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var serving = servingSites.ServingSiteOf(definition.System);
            return definition.Settings switch
            {
                LogPositionSettings settings => await ComparePositionsAsync(definition, settings, round, serving, cancellationToken).ConfigureAwait(false),

                // A copy that lies where the system runs survives no loss of that site.
                MomentSettings settings when settings.Standby == serving => [],
                MomentSettings settings => Publish(
                    definition, serving, [MomentExposure.Of(definition, Dated(await kinds.Moments(settings).ReadAsync(definition, cancellationToken).ConfigureAwait(false)))]),
                _ => throw new InvalidOperationException($"recovery point '{definition.Name}' is of the unexpected kind {definition.Settings.Kind}"),
            };
        }
        finally
        {
            round.Gate.Release();
        }
    }

    private async Task<IReadOnlyList<Exposure>> ComparePositionsAsync(
        RecoveryPointDefinition definition, LogPositionSettings settings, Round round, string serving, CancellationToken cancellationToken)
    {
        var reader = kinds.LogPositions(settings);
        var sites = settings.SiteNames.ToList();
        if (round.Tracker?.Serving != serving)
        {
            round.Tracker = new ExposureTracker(definition, serving, reader.HasHeartbeat);
        }

        var tracker = round.Tracker;
        tracker.Definition = definition;
        var primary = sites.Contains(serving)
            ? await reader.ReadAsync(definition, serving, cancellationToken).ConfigureAwait(false)
            : new PositionResult.Failed(serving, clock.Now, clock.Now, $"recovery point '{definition.Name}' has no address for {serving}", false);
        tracker.ObservePrimary(primary);
        var standbys = await Task.WhenAll(sites.Where(site => site != serving).Select(site => reader.ReadAsync(definition, site, cancellationToken))).ConfigureAwait(false);
        var exposures = Publish(
            definition, serving, [.. standbys.Select(standby => tracker.ObserveStandby(primary, standby) with { Synchrony = reader.SynchronyOf(definition, primary, standby) })]);

        if (reader.FactsOf(definition, primary, standbys) is { } facts)
        {
            _databases.Add(definition.Name, facts, clock.Now);
        }

        // Behind the standbys' readings: until the next round it has had an interval to arrive.
        if (reader.HasHeartbeat && primary is PositionResult.Read { Role: "primary" })
        {
            tracker.ObserveHeartbeat(await reader.BeatAsync(definition, serving, cancellationToken).ConfigureAwait(false));
        }

        return exposures;
    }

    /// <summary>A copy with the log behind it is as young as the log, where the recovery point that watches the log knows when it ended there.</summary>
    private MomentResult Dated(MomentResult result) =>
        result is MomentResult.Read { LogEnd: { } end } copy && _rounds.TryGetValue(end.RecoveryPoint, out var round)
        && round.Tracker?.ReachedAt(end.Epoch, end.Position) is { } reached && reached > copy.Represents
            ? copy with { Represents = reached, ClockOffset = null, What = $"{copy.What} with the log archived behind it" }
            : result;

    // What was read before a switch compares the wrong two sides: the serving one is part of the key.
    private IReadOnlyList<Exposure> Publish(RecoveryPointDefinition definition, string serving, IReadOnlyList<Exposure> exposures)
    {
        if (servingSites.ServingSiteOf(definition.System) == serving)
        {
            foreach (var exposure in exposures)
            {
                // History first: whoever sees the newest reading finds it added up as well.
                if (Of(exposure.System, exposure.Standby).FirstOrDefault() is not { } first || first.Name == definition.Name)
                {
                    history.Add(exposure, clock.Now);
                }

                _newest[(definition.Name, serving, exposure.Standby)] = exposure;
            }
        }

        return exposures;
    }

    /// <summary>Log positions before copies of a moment: a standby that follows is what would be promoted.</summary>
    private IEnumerable<RecoveryPointDefinition> Of(string system, string standby) => estates.Current.RecoveryPoints
        .Where(r => r.System == system && r.Settings switch
        {
            LogPositionSettings positions => positions.SiteNames.Contains(standby),
            MomentSettings moments => moments.Standby == standby,
            _ => false,
        })
        .OrderBy(r => r.Settings is LogPositionSettings ? 0 : 1);

    private Exposure Newest(RecoveryPointDefinition definition, string serving, string standby)
    {
        var now = clock.Now;
        if (!_newest.TryGetValue((definition.Name, serving, standby), out var newest))
        {
            return Unknown(definition, standby, now, now, "not read yet");
        }

        return now <= newest.ValidUntil
            ? MomentExposure.At(newest, now)
            : Unknown(definition, standby, newest.ObservedAt, newest.ValidUntil, string.Create(
                CultureInfo.InvariantCulture, $"the newest reading is {(now - newest.ObservedAt).TotalSeconds:0.#}s old"));
    }

    private static Exposure Unknown(RecoveryPointDefinition definition, string standby, DateTimeOffset observedAt, DateTimeOffset validUntil, string reason) =>
        new(definition.System, standby, null, null, null, ReplicationState.Unknown, observedAt, validUntil, reason)
        {
            RecoveryPoint = definition.Name,
            Mechanism = definition.Settings is MomentSettings { IsContinuous: false } ? CopyMechanism.Periodic : CopyMechanism.Continuous,
        };

    private sealed class Round
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public ExposureTracker? Tracker { get; set; }
    }
}
