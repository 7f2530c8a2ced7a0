namespace DrOrchestrator.Cli.Client;

/// <summary>What a client reads of <c>GET /plans/{name}</c>.</summary>
internal sealed record PlanView
{
    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    public IReadOnlyDictionary<string, string> Title { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Approvals { get; init; } = [];

    public IReadOnlyList<string> Procedure { get; init; } = [];

    public IReadOnlyList<PlanStepView> Steps { get; init; } = [];

    public IReadOnlyList<string> Guardrails { get; init; } = [];

    public IReadOnlyList<string> Programs { get; init; } = [];
}

/// <summary>A step.</summary>
/// <param name="Answers">Who is asked at the step, where it is known; null otherwise.</param>
internal sealed record PlanStepView(
    string Name,
    string Kind,
    string? Site,
    IReadOnlyList<string>? Needs,
    string? Mark,
    bool PointOfNoReturn,
    TimeSpan Timeout,
    bool WayBack,
    string? Description,
    string? Answers)
{
    /// <summary>The system it belongs to; null for a step of all systems of the plan.</summary>
    public string? System { get; init; }

    /// <summary>True where it would change something.</summary>
    public bool Changes { get; init; }

    public IReadOnlyList<string> Verify { get; init; } = [];

    public string? Rehearsal { get; init; }
}
