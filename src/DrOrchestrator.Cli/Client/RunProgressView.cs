namespace DrOrchestrator.Cli.Client;

// What a client reads of GET /drills/{id}/progress; see Views.cs.

/// <summary>Where a run stands.</summary>
internal sealed record RunProgressView
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    public string Plan { get; init; } = "";

    public string Outcome { get; init; } = "";

    public string Phase { get; init; } = "";

    public string? WaitingFor { get; init; }

    public int Done { get; init; }

    public int Total { get; init; }

    public IReadOnlyList<string> Running { get; init; } = [];

    public IReadOnlyList<RunClockView> Clocks { get; init; } = [];

    public IReadOnlyList<WaitedForView> WaitsFor { get; init; } = [];

    public double? ExpectedSeconds { get; init; }
}

/// <summary>The clock of an interruption.</summary>
internal sealed record RunClockView(string System, TimeSpan Elapsed, TimeSpan? Limit, DateTimeOffset? LimitAt, DateTimeOffset? ProjectedEnd, bool Exceeds);

/// <summary>Something that waits for a person.</summary>
internal sealed record WaitedForView(string Kind, string Item, string Role, IReadOnlyList<string> People, DateTimeOffset? Deadline);
