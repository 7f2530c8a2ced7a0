using DrOrchestrator.Plans;

namespace DrOrchestrator.Compliance;

/// <summary>An outage that goes on: its clock against the limit, and when it is projected to end.</summary>
/// <param name="Since">The last good result: the upper bound begins there (verdict rule 6).</param>
/// <param name="Elapsed">Upper bound so far.</param>
/// <param name="ElapsedAtLeast">Lower bound: since the first failed result.</param>
/// <param name="LimitAt">When the limit is reached.</param>
/// <param name="Run">The run that works on it; null while nobody has begun one.</param>
/// <param name="ProjectedEnd">Null where there is no forecast.</param>
/// <param name="Projected">The whole recovery time as projected.</param>
/// <param name="Exceeds">The clock, or the projection, is over the limit.</param>
public sealed record RunningRecovery(
    DateTimeOffset Since,
    TimeSpan Elapsed,
    TimeSpan ElapsedAtLeast,
    TimeSpan? Limit,
    DateTimeOffset? LimitAt,
    long? Run,
    DateTimeOffset? ProjectedEnd,
    TimeSpan? Projected,
    bool Exceeds)
{
    /// <summary>The clock now; pure.</summary>
    /// <param name="earliest">The interruption was not before this.</param>
    /// <param name="latest">It was not after this.</param>
    /// <param name="system">Whose clock it is, where the plan is for several.</param>
    /// <param name="forecast">Of the plan that would be run; null without one.</param>
    public static RunningRecovery Of(
        DateTimeOffset earliest, DateTimeOffset latest, TimeSpan? limit, Plan? plan, RtoForecast? forecast, PastRun? open, IReadOnlyList<PastRun> runs, DateTimeOffset now, string? system = null)
    {
        TimeSpan? left = (plan, open) switch
        {
            (not null, not null) => RtoForecaster.Left(plan, open, runs, now, system),

            // Nobody has begun: detection is over, everything else lies ahead.
            _ => forecast?.P50 - forecast?.Detection,
        };
        DateTimeOffset? end = now + left;
        var elapsed = now - earliest;
        return new RunningRecovery(
            earliest, elapsed, now - latest, limit, earliest + limit, open?.Run, end, end - earliest, elapsed > limit || end - earliest > limit);
    }
}
