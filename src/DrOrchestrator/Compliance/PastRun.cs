namespace DrOrchestrator.Compliance;

/// <summary>What runs have taken so far, and what those that go on have done; owned by Compliance, filled by the composition from the drill journal.</summary>
public interface IStepHistory
{
    /// <summary>All runs, newest first.</summary>
    Task<IReadOnlyList<PastRun>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A run as a forecast sees it.</summary>
/// <param name="ClosedAt">Null while it goes on.</param>
/// <param name="GateFailure">Why its newest round of gates does not pass; null where it does or was not held.</param>
/// <param name="RtoSeconds">Measured recovery time, upper bound; null where none was.</param>
public sealed record PastRun(
    long Run,
    string Plan,
    IReadOnlyList<string> Systems,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    string? GateFailure,
    double? RtoSeconds,
    IReadOnlyList<PastStep> Steps);

/// <summary>A step of a run.</summary>
/// <param name="Done">It ended well, so that its duration says how long it takes.</param>
public sealed record PastStep(string Name, bool Done, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    /// <summary>How long it took; null unless it is done.</summary>
    public TimeSpan? Took => this is { Done: true, StartedAt: { } from, EndedAt: { } to } ? to - from : null;
}
