namespace DrOrchestrator.Plans;

/// <summary>How a plan runs.</summary>
public enum RunMode
{
    /// <summary>tabletop: people decide and click, nothing is touched (桌面演练).</summary>
    Tabletop,

    /// <summary>rehearsal: isolated (隔离环境预演).</summary>
    Rehearsal,

    /// <summary>live: real users served from the other side (生产系统实战演练).</summary>
    Live,

    /// <summary>real: a disaster, the same engine and record (真实事件处置).</summary>
    Real,
}

/// <summary>What a drill exercises.</summary>
public enum DrillKind
{
    /// <summary>component-switch (双机热备切换演练).</summary>
    ComponentSwitch,

    /// <summary>test-failover.</summary>
    TestFailover,

    /// <summary>switchover: planned, zero loss expected (计划内切换).</summary>
    Switchover,

    /// <summary>failover: unplanned (灾难切换).</summary>
    Failover,

    /// <summary>failback (回切).</summary>
    Failback,

    /// <summary>restore (恢复验证).</summary>
    Restore,

    /// <summary>joint (联合演练).</summary>
    Joint,
}

/// <summary>The moments that split a recovery time (blueprint, section 5), in their order.</summary>
public enum RtoMark
{
    /// <summary>detected: the probes have confirmed the interruption.</summary>
    Detected,

    /// <summary>declared: somebody has said that this is a disaster.</summary>
    Declared,

    /// <summary>decided: the switch is decided.</summary>
    Decided,

    /// <summary>fenced: the old side is proved unable to write (旧主隔离).</summary>
    Fenced,

    /// <summary>promoted: the new side accepts writes.</summary>
    Promoted,

    /// <summary>applicationHealthy: the application runs at the new side.</summary>
    ApplicationHealthy,

    /// <summary>trafficMoved: users are sent to the new side.</summary>
    TrafficMoved,

    /// <summary>technicallyConfirmed: probes see the service again.</summary>
    TechnicallyConfirmed,

    /// <summary>businessVerified: a business department has verified it (业务验证).</summary>
    BusinessVerified,
}

/// <summary>What a failed step does to its run; the default is <c>rollback</c> for drills, <c>stop</c> for <c>mode: real</c>.</summary>
public enum OnFailure
{
    /// <summary>rollback: undo what was done, in reverse order, as far as kinds allow.</summary>
    Rollback,

    /// <summary>stop: stop and ask a person.</summary>
    Stop,

    /// <summary>continue: go on; the failure is on record.</summary>
    Continue,
}

/// <summary>A plan (预案), read strictly from one YAML file.</summary>
/// <param name="Hash">Lower-case hex SHA-256 of the file's bytes; where its steps name manifests, of those too.</param>
/// <param name="File">File name.</param>
/// <param name="Authors">Person ids; none of them may approve a run of it.</param>
/// <param name="Steps">The switch, in declared order.</param>
/// <param name="WayBack">The way back; part of the run.</param>
public sealed record Plan(
    string Name,
    string File,
    string Hash,
    string Version,
    IReadOnlyDictionary<string, string> Title,
    DrillKind Kind,
    IReadOnlyList<RunMode> Modes,
    IReadOnlyList<string> Systems,
    IReadOnlyList<string> Authors,
    PlanContents Contents,
    IReadOnlyList<PlanApproval> Approvals,
    IReadOnlyList<PlanCheck> Gates,
    IReadOnlyList<PlanCheck> SteadyState,
    IReadOnlyList<PlanStep> Steps,
    IReadOnlyList<PlanStep> WayBack)
{
    /// <summary>The manifests that its steps name, by their paths as the plan writes them. <see cref="Hash"/> covers what is in them.</summary>
    public IReadOnlyDictionary<string, Manifest> Manifests { get; init; } = new Dictionary<string, Manifest>();

    /// <summary>The file as it was read: what <see cref="Hash"/> is of, beside the manifests.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>What is looked at while the steps run, and what a breach leads to.</summary>
    public IReadOnlyList<PlanGuardrail> Guardrails { get; init; } = [];

    /// <summary>Of a plan as a rehearsal runs it: the plan as it runs live, which names what is production here; null for any other.</summary>
    public Plan? Live { get; init; }

    /// <summary>All steps in the order of the file: the switch, then the way back.</summary>
    public IEnumerable<PlanStep> AllSteps => Steps.Concat(WayBack);
}

/// <summary>The eleven contents of 7.5 a); number 9 (switch steps per system) is <see cref="Plan.Steps"/> itself.</summary>
/// <param name="Texts">By key: emergency part <c>scenarios organisation decision response tools workingRules</c>, recovery part
/// <c>targets procedure manual verification</c>. All are present and not empty.</param>
/// <param name="VerificationStep">The <c>task</c> step of a business department that content 11 is bound to.</param>
public sealed record PlanContents(IReadOnlyDictionary<string, string> Texts, string VerificationStep);

/// <summary>An approval of the whole run, asked before its first effect.</summary>
/// <param name="Quorum">How many different people, 1 or more.</param>
/// <param name="Deadline">Counted from the request; passes = refused (fails closed).</param>
public sealed record PlanApproval(string Name, string Role, int Quorum, TimeSpan Deadline);

/// <summary>A gate or a steady-state check: a kind of a table and its parameters.</summary>
public sealed record PlanCheck(string Kind, StepParameters Parameters)
{
    /// <summary>Of a gate: it must hold also behind the first effect, and is read again before a new owner goes on after a crash.</summary>
    public bool Resume { get; init; }
}

/// <summary>One step.</summary>
/// <param name="Name">Unique in the plan: lower-case letters, digits, hyphens; used in Kubernetes names.</param>
/// <param name="Kind">The word of a step kind.</param>
/// <param name="Site">The site it acts on, or null.</param>
/// <param name="Needs">Names of steps that must be done first. Without <c>needs:</c> and outside <c>parallel:</c> it is the step before.</param>
/// <param name="Mark">The recovery-time mark that its completion sets, or null.</param>
/// <param name="Promotes">Set when the step makes a site writable: it needs a proved fence.</param>
/// <param name="PointOfNoReturn">True by kind or by the plan: runs only under a person's word for this step of this run; rollback stops here.</param>
/// <param name="Timeout">Of one attempt.</param>
/// <param name="Retries">Further attempts after a failure WITHOUT effect; 0 or more. Unknown is never retried.</param>
public sealed record PlanStep(
    string Name,
    string Kind,
    IReadOnlyDictionary<string, string> Title,
    string? Site,
    StepParameters Parameters,
    IReadOnlyList<string> Needs,
    RtoMark? Mark,
    Promotion? Promotes,
    bool PointOfNoReturn,
    TimeSpan Timeout,
    int Retries,
    OnFailure? OnFailure)
{
    /// <summary>Checks that must pass after the effect, within the timeout, before the step is done.</summary>
    public IReadOnlyList<PlanCheck> Verify { get; init; } = [];

    /// <summary>The system it belongs to, whose clock its mark sets; null for a step of all systems of the plan.</summary>
    public string? System { get; init; }

    /// <summary>True for a step of that system, and for one of all systems.</summary>
    public bool IsOf(string system) => System is null || System == system;

    /// <summary>A second person's look at its result before anything goes on from it; null where none is asked for.</summary>
    public StepCheck? Check { get; init; }

    /// <summary>What it acts on in a rehearsal; null where it names nothing for that.</summary>
    public RehearsalTarget? Rehearsal { get; init; }
}

/// <summary>The look of a second person: not the one who did or confirmed the step, nor the one who asked for the run where the role decides.</summary>
/// <param name="Role">Role word of who may give it.</param>
/// <param name="Text">What is to be looked at.</param>
/// <param name="Within">From the step's outcome on; fails closed.</param>
public sealed record StepCheck(string Role, string Text, TimeSpan Within);

/// <summary>What a step acts on in a rehearsal, instead of its own target.</summary>
/// <param name="Skip">The step is left out.</param>
/// <param name="Site">The site, or null for the step's own.</param>
/// <param name="Parameters">Parameters that take the place of the step's own.</param>
public sealed record RehearsalTarget(bool Skip, string? Site, StepParameters Parameters);

/// <summary>What a broken guardrail leads to.</summary>
public enum GuardrailAction
{
    /// <summary>pause: nothing further begins until a person says so.</summary>
    Pause,

    /// <summary>abort: the run is ended as by a person's abort.</summary>
    Abort,
}

/// <summary>A check that is looked at while the steps run.</summary>
/// <param name="Every">From one look to the next; 1 s to 1 h.</param>
/// <param name="From">The step with whose beginning it starts to watch; null from the first step on.</param>
/// <param name="To">The step with whose end it stops to watch; null to the last.</param>
public sealed record PlanGuardrail(PlanCheck Check, GuardrailAction Then, TimeSpan Every, string? From, string? To);

/// <summary>A step that makes a site writable.</summary>
/// <param name="System">The system.</param>
/// <param name="FencedBy">The step of a fence kind whose proof must hold at that moment; an ancestor of the step.</param>
public sealed record Promotion(string System, string FencedBy);
