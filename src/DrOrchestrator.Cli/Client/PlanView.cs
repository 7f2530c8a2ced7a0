namespace DrOrchestrator.Cli.Client;

/// <summary>What a client reads of <c>GET /plans/{name}</c>.</summary>
internal sealed record PlanView
{
    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    public IReadOnlyDictionary<string, string> Title { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ApprovalView> Approvals { get; init; } = [];

    public IReadOnlyList<PlanStepView> Steps { get; init; } = [];

    public IReadOnlyList<string> Guardrails { get; init; } = [];
}

/// <summary>An approval of the whole run.</summary>
internal sealed record ApprovalView(string Name, string Role, int Quorum, TimeSpan Deadline);

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
    public IReadOnlyList<string> Verify { get; init; } = [];

    public string? Rehearsal { get; init; }
}
