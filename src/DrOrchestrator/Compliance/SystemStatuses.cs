using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;
using DrOrchestrator.Time;

namespace DrOrchestrator.Compliance;

/// <summary>Puts together what the other slices observe; every value is read once, and none outlives its validity.</summary>
internal sealed class SystemStatuses(
    EstateHolder estates,
    IServingSites servingSites,
    IServiceWatch watch,
    ISystemAvailability availability,
    IExposures exposures,
    RecoveryReader recovery,
    StandbyWatch standbys,
    QosWatch qos,
    QosHistory qosHistory,
    IntervalHashes hashes,
    IVantageRoll vantage,
    ProcessClock clock) : ISystemStatuses
{
    /// <summary>A page shows so many passed runs; older ones are on record.</summary>
    private const int MostRecords = 10;

    /// <summary>How far the time line is read back for functions that went before the one that is down now.</summary>
    private static readonly TimeSpan BeforeAnInterruption = TimeSpan.FromDays(1);

    private static readonly IntervalState[] WorstFirst =
        [IntervalState.Down, IntervalState.Unknown, IntervalState.Maintenance, IntervalState.Degraded, IntervalState.Up];

    public async Task<IReadOnlyList<SystemStatus>> ReadAsync(CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var statuses = new List<SystemStatus>();
        var runs = await recovery.ReadAsync(cancellationToken).ConfigureAwait(false);
        var points = vantage.Read();
        foreach (var system in estate.Systems)
        {
            statuses.Add(await StatusAsync(estate, system, runs, points, cancellationToken).ConfigureAwait(false));
        }

        return statuses;
    }

    public async Task<IReadOnlyList<Interval>> TimelineAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Nothing is shown of the future: work that is planned for tomorrow is in no row yet.
        var now = clock.Now + TimeSpan.FromMicroseconds(1);
        var until = to < now ? to : now;
        return await availability.EvidenceAsync(system, from, until, cancellationToken).ConfigureAwait(false) is { } evidence
            ? [.. SystemTimeline.Of(evidence, until).Where(interval => !(interval.End?.Latest <= from))]
            : [];
    }

    private async Task<SystemStatus> StatusAsync(
        Estate estate, ProtectedSystem system, RecoveryReading runs, IReadOnlyList<VantageStanding> points, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var today = estate.Local(now);
        var serving = servingSites.ServingSiteOf(system.Name);
        var tier = system.Classify();
        var readings = await availability.ReadAsync(system.Name, AvailabilityWindow.All(now, estate.TimeZone), cancellationToken).ConfigureAwait(false);
        List<WindowFigure> windows = [.. readings.Select(reading => new WindowFigure(reading.Window.Name, AvailabilityFigures.OfWindow(reading)))];
        var thisYear = readings.First(reading => reading.Window.Name == "year");
        var (year, rolling) = (AvailabilityFigures.OfWindow(thisYear), Figure(windows, "rolling-365-days"));
        var sites = system.Standbys.Prepend(system.Serving).Distinct().OrderByDescending(site => site == serving).ToList();
        List<Exposure> towards = [.. sites.Select(site => exposures.Current(system.Name, site)).OfType<Exposure>()];
        var serviceProbes = estate.CriticalProbesOf(system);
        var blindSpots = tier.Limits is { } limits ? FitToSee.BlindSpots(limits, serviceProbes, points) : [];
        var service = Together(serviceProbes, "no service probe of a critical function");
        var records = runs.RecordsOf(system.Name);
        var ages = runs.AgesOf(records, estate, now, RuleTable.Current);
        var detection = serviceProbes.Select(probe => DetectionBound.Of(probe, VantageReasons.Several(points))).DefaultIfEmpty(TimeSpan.Zero).Max();
        var forecasts = runs.ForecastsOf(system, detection, towards.Max(exposure => exposure.ReplayLag));
        var interrupted = await InterruptedAsync(system, serviceProbes, now, cancellationToken).ConfigureAwait(false);
        var running = interrupted is { } edge ? runs.Running(system, forecasts, edge.Earliest, edge.Latest, tier.Limits?.Rto, now) : null;
        var (policy, latePolicy) = ServiceTimePolicies.OfWindow(estate, system, estate.Local(thisYear.Window.From), today);
        var facts = new TierFacts(now, estate.IsSandbox, year, rolling, records, towards, blindSpots)
        {
            Ages = ages,
            Running = running,
            BackupOnly = towards.Count > 0 && towards.TrueForAll(exposure => exposure.Mechanism == CopyMechanism.Periodic),
            Windows = towards.Where(exposure => standbys.Of(system.Name, exposure.Standby) is not null)
                .ToDictionary(exposure => exposure.Standby, exposure => WindowOf(exposure, standbys.Of(system.Name, exposure.Standby)!.Window)),
            Synchrony = Proofs(system, towards, today),
            IntervalsHash = await hashes.OfAsync(system.Name, thisYear.Window, cancellationToken).ConfigureAwait(false),
            RaisedCeiling = system.Attested(AttestedStatement.RaisedCeiling, today)?.Value,
            ServiceTimePolicy = policy,
            LatePolicy = latePolicy,
        };
        var shown = await ShownAsync(system, serviceProbes, new ShownState(service.State, service.Since, service.Reason), now, cancellationToken).ConfigureAwait(false);
        return new SystemStatus(
            system.Name,
            system.Title,
            system.Department,
            tier.RequiredTier,
            tier.Limits,
            serving,
            shown.State,
            shown.Since,
            shown.Reason,
            service.LatencyMilliseconds,
            [.. sites.Select(site => SiteOf(estate, system, site, serving))],
            year,
            towards,
            TierEvaluator.Judge(tier.Limits, facts))
        {
            Recovery = new RecoveryStatus(Demonstrated(facts), forecasts, running),
            Windows = windows,
            Budget = tier.Limits is { } held ? DowntimeBudget.Of(thisYear, held.YearlyDowntime, estate.Local) : null,
            ExposureYears = towards.Where(exposure => standbys.Of(system.Name, exposure.Standby) is not null)
                .ToDictionary(exposure => exposure.Standby, exposure => standbys.Of(system.Name, exposure.Standby)!.Window),
            Qos = QosStatus.Of(
                system.Qos,
                QosFloors.Of(serviceProbes),
                [.. new[] { qos.Of(system.Name) }.OfType<QosSum>(), .. qosHistory.Of(system.Name)],
                name => windows.FirstOrDefault(window => window.Window == name)?.Figure is not { } figure ? null : facts.ServiceTimePolicy is null ? figure.Percent : figure.Service?.Percent,
                today),
            Findings =
            [
                .. ClauseFindings.Of(estate, system, [.. blindSpots, .. tier.Limits is { } ceilings ? FitToSee.LateLooks(ceilings, estate.RecoveryPoints.Where(point => point.System == system.Name)) : []], today),
                .. ClauseFindings.OfClock(clock.WallClockDrift),
                .. ClauseFindings.OfVantagePoints(points),
            ],
        };
    }

    private static IReadOnlyList<DemonstratedSummary> Demonstrated(TierFacts facts) =>
    [
        .. facts.Records.Where(record => record.Outcome == "passed").Take(MostRecords).Select(record => new DemonstratedSummary(
            record.Run,
            record.Plan,
            record.Kind,
            record.Strength,
            record.ClosedAt,
            record.RtoSeconds,
            RecordFit.IsPlanned(record),
            RecordFit.NotForRto(record, facts.IsSandbox, facts.BackupOnly, RuleTable.Current),
            RecordFit.NotForRpo(record, facts.IsSandbox, facts.BackupOnly, RuleTable.Current),
            facts.Ages.GetValueOrDefault(record.Run) ?? RecordAge.Fresh)),
    ];

    /// <summary>
    /// The interruption that goes on, by whatever decides: a probe of a critical function, or a floor that says it is an interruption (verdict rule 5). It began where the
    /// time line says, with the first of them; what that does not have yet, with the first that is down now.
    /// </summary>
    private async Task<Edge?> InterruptedAsync(ProtectedSystem system, IReadOnlyList<ProbeDefinition> probes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var live = probes.SelectMany(probe => probe.Floors.Where(floor => floor.IsInterruption).Select(floor => FloorSubjects.Of(probe.Name, floor.Kind)).Prepend(probe.Name))
            .Select(watch.Current)
            .Where(view => view.State == IntervalState.Down && view.Since != default)
            .Select(view => (Edge?)view.Since)
            .MinBy(edge => edge!.Value.Earliest);
        if (live is not { } edge)
        {
            return null;
        }

        var told = RtoCalculator.GoingOn(await TimelineAsync(system.Name, edge.Earliest - BeforeAnInterruption, now, cancellationToken).ConfigureAwait(false));
        return told?.Earliest < edge.Earliest ? told : edge;
    }

    private static AvailabilityFigure Figure(IReadOnlyList<WindowFigure> windows, string name) => windows.First(window => window.Window == name).Figure;

    private Dictionary<string, SynchronyProof> Proofs(ProtectedSystem system, List<Exposure> towards, DateTimeOffset today)
    {
        var proofs = new Dictionary<string, SynchronyProof>();
        foreach (var standby in towards.Select(exposure => exposure.Standby))
        {
            if (SynchronyProofs.Of(standbys.Of(system.Name, standby), system.Attested(AttestedStatement.SynchronousCommit, today)) is { } proof)
            {
                proofs[standby] = proof;
            }
        }

        return proofs;
    }

    /// <summary>Time nobody looked is as unknown as time nobody could tell (verdict rule 7).</summary>
    private static StandbyWindow WindowOf(Exposure exposure, ExposureWindow window) => new(
        window.From,
        window.To,
        window.WorstSeconds,
        window.OverLowestSeconds,
        window.NotProtectedSeconds,
        window.UnknownSeconds + window.UnseenSeconds,
        exposure.Mechanism == CopyMechanism.Continuous,
        exposure.Synchrony.State != Synchrony.Synchronous)
    {
        FirstSeen = window.FirstSeen,
    };

    /// <summary>What is shown of a system; only an interruption asks whether it was planned.</summary>
    private async Task<ShownState> ShownAsync(
        ProtectedSystem system, IReadOnlyList<ProbeDefinition> probes, ShownState seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var shown = seen.Under([.. probes.SelectMany(probe => probe.Floors.Select(floor => watch.Current(FloorSubjects.Of(probe.Name, floor.Kind))))]);
        return shown.State == IntervalState.Down && await availability.PlannedAtAsync(system.Name, now, cancellationToken).ConfigureAwait(false) is { } planned
            ? shown.Within(planned)
            : shown;
    }

    private SiteStatus SiteOf(Estate estate, ProtectedSystem system, string site, string serving)
    {
        var probes = estate.ProbesOf(system.Name).Where(p => p.Site == site).ToList();
        var seen = Together(probes, "no probe looks at this site");
        return new SiteStatus(site, site == serving ? "serving" : "standby", seen.State, seen.Since, seen.LatencyMilliseconds, seen.Reason);
    }

    /// <summary>
    /// The worst of several probes; since when, and why, by the one that has been in that state the longest. Latency is the slowest.
    /// A trouble is told by what it began with; what is up, by its newest answer: a database that came up in recovery may be the primary by now.
    /// </summary>
    private (IntervalState State, DateTimeOffset? Since, double? LatencyMilliseconds, string Reason) Together(IReadOnlyList<ProbeDefinition> probes, string without)
    {
        if (probes.Count == 0)
        {
            return (IntervalState.Unknown, null, null, without);
        }

        var views = probes.Select(probe => watch.Current(probe.Name)).ToList();
        var state = WorstFirst.First(s => views.Exists(v => v.State == s));
        var longest = views.Where(v => v.State == state).MinBy(v => v.Since.At)!;
        var reason = state == IntervalState.Up && longest.Newest is { Outcome: ProbeOutcome.Up } newest ? newest.Reason : longest.Reason;
        return (state, longest.Since == default ? null : longest.Since.At, views.Max(v => v.LatencyMilliseconds), reason);
    }
}
