using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>standby-healthy</c>: the standby receives what the primary writes, read now.</summary>
internal sealed class StandbyHealthyGate(IExposures exposures, ProcessClock clock) : IGateKind
{
    public StepKindShape Shape { get; } = ExposureGate.ShapeOf("standby-healthy", "Replication to the standby works, read now", limit: false);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var exposure = await exposures.ReadNowAsync(parameters.Text("recovery-point"), parameters.Text("standby"), cancellationToken).ConfigureAwait(false);
        return
        [
            new GateResult(
                $"standby-healthy {exposure.System} at {exposure.Standby}",
                exposure.Replication is ReplicationState.Protected,
                $"{exposure.Replication}: {exposure.Reason}",
                "protected",
                $"recovery point {parameters.Text("recovery-point")}",
                clock.Now - exposure.ObservedAt,
                "Repair replication to the standby, then start the run again."),
        ];
    }
}

/// <summary><c>exposure-in-limit</c>: the upper bound of what would be lost now is inside the RPO in force, read now.</summary>
internal sealed class ExposureGate(IExposures exposures, ProcessClock clock) : IGateKind
{
    public StepKindShape Shape { get; } = ShapeOf("exposure-in-limit", "Exposure is inside the RPO in force, read now", limit: true);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var exposure = await exposures.ReadNowAsync(parameters.Text("recovery-point"), parameters.Text("standby"), cancellationToken).ConfigureAwait(false);
        var limit = parameters.Duration("limit", estate.FindSystem(exposure.System)!.Classify().Limits?.RpoCeiling ?? TimeSpan.MaxValue);
        return
        [
            new GateResult(
                $"exposure-in-limit {exposure.System} at {exposure.Standby}",
                exposure.Highest is { } highest && highest <= limit,
                exposure.Highest is { } now ? Durations.Format(now) : $"unknown: {exposure.Reason}",
                $"at most {Durations.Format(limit)}",
                $"recovery point {parameters.Text("recovery-point")}",
                clock.Now - exposure.ObservedAt,
                "Wait until the standby has caught up, or find out why it lags."),
        ];
    }

    internal static StepKindShape ShapeOf(string kind, string description, bool limit) => new(
        kind,
        StepEffect.None,
        NeedsSite: false,
        description,
        [
            new ParameterShape("recovery-point", ParameterType.RecoveryPointName, Required: true, "The recovery point"),
            new ParameterShape("standby", ParameterType.SiteName, Required: true, "The standby site"),
            .. limit ? new[] { new ParameterShape("limit", ParameterType.Duration, Required: false, "Largest exposure; the RPO in force by default") } : [],
        ],
        []);
}
