namespace DrOrchestrator.Cli.Client;

// What a client reads of GET /calendar; see Views.cs.

/// <summary>The calendar as it stands.</summary>
internal sealed record CalendarView
{
    public DateTimeOffset At { get; init; }

    public IReadOnlyList<CalendarLineView> Entries { get; init; } = [];

    public IReadOnlyList<FreezeView> Freezes { get; init; } = [];
}

/// <summary>An entry.</summary>
internal sealed record CalendarLineView
{
    public string Name { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Plan { get; init; } = "";

    public IReadOnlyList<string> Systems { get; init; } = [];

    public string? Mode { get; init; }

    public string? Requester { get; init; }

    public string TimeZone { get; init; } = "UTC";

    public IReadOnlyList<NextFireView> Next { get; init; } = [];

    public FireView? Last { get; init; }

    public IReadOnlyList<FireView> Missed { get; init; } = [];

    public FireView? Standing { get; init; }

    public OverdueView? Overdue { get; init; }

    public ReadinessView? Readiness { get; init; }
}

/// <summary>A time that is to come, by the clock of the entry's zone.</summary>
internal sealed record NextFireView(DateTimeOffset At, string? FrozenBy);

/// <summary>A time and what became of it.</summary>
internal sealed record FireView(DateTimeOffset FireTime, string Outcome, long? Run, string Text);

/// <summary>A drill that is overdue.</summary>
internal sealed record OverdueView(string Finding);

/// <summary>Could we switch now.</summary>
internal sealed record ReadinessView(string Plan, string State, DateTimeOffset? ReadAt, DateTimeOffset? ValidUntil, string Reason);

/// <summary>The next drill of a system, by the clock of its entry's zone.</summary>
internal sealed record NextDrillView(string Schedule, string Plan, string Mode, DateTimeOffset At, string? FrozenBy);

/// <summary>A freeze.</summary>
internal sealed record FreezeView(string Name, string Days, IReadOnlyList<string> Systems, string Reason, string Signer, bool InForce, DateOnly? LastDay);
