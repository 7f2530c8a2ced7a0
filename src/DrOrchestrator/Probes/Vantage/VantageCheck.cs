using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes.Vantage;

/// <summary>
/// Suspects this process before it accuses the target. A look that lasted longer than its own timeout allows was not the target's doing: the process stood still.
/// A wall clock that moved away from the monotonic one between two looks means a suspended machine or a stepped clock. A failure while the control targets fail too may be our
/// own network's. All three make the result <c>Unknown</c>. One per probe loop.
/// </summary>
internal sealed class VantageCheck(ProbeDefinition probe, ControlTargets controls, ProcessClock clock)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private TimeSpan _drift = clock.WallClockDrift;

    /// <summary>A good result costs neither a task nor a look at anything.</summary>
    public ValueTask<ProbeResult> JudgeAsync(ProbeResult result, CancellationToken cancellationToken)
    {
        if (controls.Name.Length > 0)
        {
            result = result with { Vantage = controls.Name };
        }

        return ClockDoubt(result) is { } doubt ? new(Doubt(result, doubt) with { StoodStill = true })
            : result.Outcome == ProbeOutcome.Down && controls.Any ? JudgeByControlsAsync(result, cancellationToken)
            : new(result);
    }

    private async ValueTask<ProbeResult> JudgeByControlsAsync(ProbeResult result, CancellationToken cancellationToken) =>
        await controls.LostAsync(cancellationToken).ConfigureAwait(false) is { } lost ? Doubt(result, lost) : result;

    private string? ClockDoubt(ProbeResult result)
    {
        var drift = clock.WallClockDrift;
        var moved = drift - _drift;
        _drift = drift;
        if (result.Duration > probe.Timeout + Tolerance)
        {
            return $"the orchestrator stood still for {Seconds(result.Duration)} during this look";
        }

        return moved.Duration() > Tolerance ? $"the orchestrator's wall clock moved by {Seconds(moved)}: suspended machine or stepped clock" : null;
    }

    private static ProbeResult Doubt(ProbeResult result, string why) =>
        result with { Outcome = ProbeOutcome.Unknown, Reason = $"{why} (seen: {result.Reason})" };

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#}s");
}
