namespace DrOrchestrator.Compliance.Alerts;

/// <summary>Something that should not be, as it holds now.</summary>
/// <param name="Kind">A word of <see cref="AlertKinds"/>.</param>
/// <param name="Subject">What of the system: a standby, a figure, a subject of verdicts; empty where it is the system.</param>
/// <param name="Text">For people.</param>
public sealed record AlertCondition(string Kind, string System, string Subject, string Text)
{
    /// <summary>The same condition has the same key, whatever its numbers.</summary>
    public string Key => $"{Kind}/{System}/{Subject}";
}

/// <summary>An alert event (clause 6 d, 7.4 h), on record from its raising to its clearing.</summary>
/// <param name="Severity"><c>critical</c> or <c>warning</c>.</param>
/// <param name="Text">As when it was raised.</param>
/// <param name="ClearedAt">Null while it holds.</param>
public sealed record Alert(long Id, string Kind, string System, string Subject, string Severity, string Text, DateTimeOffset RaisedAt, DateTimeOffset? ClearedAt)
{
    /// <summary>See <see cref="AlertCondition.Key"/>.</summary>
    public string Key => $"{Kind}/{System}/{Subject}";
}

/// <summary>How one kind of alert behaves.</summary>
/// <param name="RaiseAfter">It must have held for so long.</param>
/// <param name="ClearAfter">It must have been gone for so long.</param>
public sealed record AlertKind(string Word, string Severity, TimeSpan RaiseAfter, TimeSpan ClearAfter);

/// <summary>The table of kinds: hysteresis keeps a value that swings around its limit from ringing all day.</summary>
public static class AlertKinds
{
    /// <summary>interruption: the service is interrupted; its edge is confirmed already.</summary>
    public const string Interruption = "interruption";

    /// <summary>below-lqa: measured below an LQA floor.</summary>
    public const string BelowLqa = "below-lqa";

    /// <summary>below-target: measured worse than agreed with the business.</summary>
    public const string BelowTarget = "below-target";

    /// <summary>exposure: over the RPO in force.</summary>
    public const string Exposure = "exposure";

    /// <summary>replication: not protected, or nobody can tell.</summary>
    public const string Replication = "replication";

    /// <summary>verdict: a limit is broken or at risk, or what was met cannot be told any more.</summary>
    public const string Verdict = "verdict";

    /// <summary>blind-spot: probes are not fit to see what they are asked to judge.</summary>
    public const string BlindSpot = "blind-spot";

    /// <summary>gates-fail: a gate that the calendar had read does not pass: the plan could not be started now.</summary>
    public const string GatesFail = "gates-fail";

    /// <summary>drill-not-opened: a drill of the calendar was missed or refused, and nobody has made up for it.</summary>
    public const string DrillNotOpened = "drill-not-opened";

    /// <summary>task-overdue: a run waits for a person past the moment that was due.</summary>
    public const string TaskOverdue = "task-overdue";

    /// <summary>break-glass: a run asks two people to set a rule of the engine aside.</summary>
    public const string BreakGlass = "break-glass";

    /// <summary>override-review: a run set a rule aside, and nobody has reviewed it yet.</summary>
    public const string OverrideReview = "override-review";

    /// <summary>fence-duty: a system was promoted without a fence, and its old side is not fenced yet: should it come back, two sides could accept writes.</summary>
    public const string FenceDuty = "fence-duty";

    /// <summary>All kinds by word.</summary>
    public static IReadOnlyDictionary<string, AlertKind> All { get; } = new AlertKind[]
    {
        new(Interruption, "critical", TimeSpan.Zero, TimeSpan.FromSeconds(30)),
        new(BelowLqa, "critical", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)),
        new(BelowTarget, "warning", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)),
        new(Exposure, "critical", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)),
        new(Replication, "critical", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)),
        new(Verdict, "warning", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        new(BlindSpot, "warning", TimeSpan.Zero, TimeSpan.Zero),
        new(GatesFail, "critical", TimeSpan.Zero, TimeSpan.Zero),
        new(DrillNotOpened, "warning", TimeSpan.Zero, TimeSpan.Zero),
        new(TaskOverdue, "warning", TimeSpan.Zero, TimeSpan.Zero),
        new(BreakGlass, "critical", TimeSpan.Zero, TimeSpan.Zero),
        new(OverrideReview, "warning", TimeSpan.Zero, TimeSpan.Zero),
        new(FenceDuty, "critical", TimeSpan.Zero, TimeSpan.Zero),
    }.ToDictionary(kind => kind.Word, StringComparer.Ordinal);
}

/// <summary>Alerts on record; owned by Compliance.</summary>
public interface IAlerts
{
    /// <summary>Those that hold, oldest first.</summary>
    Task<IReadOnlyList<Alert>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>The newest ones, raised or cleared, newest first.</summary>
    Task<IReadOnlyList<Alert>> RecentAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Puts events on record with their evidence (<c>alert.raised</c>, <c>alert.cleared</c>), in one transaction; returns the raised ones with their numbers.</summary>
    Task<IReadOnlyList<Alert>> RecordAsync(IReadOnlyList<AlertCondition> raised, IReadOnlyList<Alert> cleared, DateTimeOffset at, CancellationToken cancellationToken);
}
