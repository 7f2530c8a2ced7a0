using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Web.Api;

/// <summary>Answer of <c>GET /status</c>. All durations are seconds.</summary>
/// <param name="Note"><c>lab, satisfies no clause</c> for the sandbox; null otherwise.</param>
/// <param name="Engines">Engines behind the pages and, where one has stopped, what no longer happens.</param>
public sealed record StatusDocument(
    string Estate,
    bool Sandbox,
    string? Note,
    DateTimeOffset At,
    IReadOnlyList<SystemReport> Systems,
    IReadOnlyList<EngineState> Engines,
    IReadOnlyList<OverdueDrill> Overdue)
{
    /// <summary>What the answer rests on while the database is away; null while it answers.</summary>
    public DatabaseAway? DatabaseAway { get; init; }

    /// <summary>Where it is looked from, and whose word counts now; empty where the estate declares no vantage point.</summary>
    public IReadOnlyList<VantageStanding> VantagePoints { get; init; } = [];
}

/// <summary>The database is away. Live states, exposures and running outages are of now all the same; what is only on record is as it was last read.</summary>
/// <param name="Since">When that was noticed.</param>
/// <param name="AsOf">When runs, assessments and alerts were last read.</param>
/// <param name="Note">The same for people.</param>
public sealed record DatabaseAway(DateTimeOffset Since, DateTimeOffset AsOf, string Note);

/// <summary>A system now.</summary>
/// <param name="LastDrill">Newest closed run that touched it, or null.</param>
/// <param name="OpenDrill">Newest run that is not closed, or null.</param>
public sealed record SystemReport(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Department,
    int RequiredTier,
    TierLimits? Limits,
    string Serving,
    IntervalState State,
    DateTimeOffset? Since,
    string Reason,
    double? LatencyMilliseconds,
    IReadOnlyList<SiteStatus> Sites,
    AvailabilityFigure Availability,
    IReadOnlyList<Exposure> Exposures,
    IReadOnlyList<TierVerdict> Verdicts,
    DrillSummary? LastDrill,
    DrillSummary? OpenDrill)
{
    /// <summary>RTO three ways: demonstrated, predicted, running.</summary>
    public RecoveryStatus Recovery { get; init; } = RecoveryStatus.None;

    /// <summary>Availability over all standing windows, on both bases.</summary>
    public IReadOnlyList<WindowFigure> Windows { get; init; } = [];

    /// <summary>What is left of the yearly downtime, and the day it runs out.</summary>
    public DowntimeBudget? Budget { get; init; }

    /// <summary>Exposure over the last 365 days per standby.</summary>
    public IReadOnlyDictionary<string, ExposureWindow> ExposureYears { get; init; } = new Dictionary<string, ExposureWindow>();

    /// <summary>Quality of service: forecast, target, floor, measured.</summary>
    public QosStatus Qos { get; init; } = QosStatus.None;

    /// <summary>What the estate itself shows to be missing.</summary>
    public IReadOnlyList<ClauseFinding> Findings { get; init; } = [];

    /// <summary>As in <see cref="StatusDocument.DatabaseAway"/>.</summary>
    public DatabaseAway? DatabaseAway { get; init; }

    /// <summary>Alerts that hold.</summary>
    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Could we switch now, by each calendar entry that has gates read for the system.</summary>
    public IReadOnlyList<SwitchReadiness> Readiness { get; init; } = [];

    /// <summary>The next drill that the calendar opens; null where none is planned.</summary>
    public NextDrill? NextDrill { get; init; }

    /// <summary>As in <see cref="StatusDocument.VantagePoints"/>.</summary>
    public IReadOnlyList<VantageStanding> VantagePoints { get; init; } = [];
}

/// <summary>A run in one line.</summary>
public sealed record DrillSummary(
    long Id,
    string Plan,
    string Kind,
    string Mode,
    string Strength,
    string Outcome,
    string Phase,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    double? RtoSeconds,
    double? RtoLimitSeconds,
    long? Lost,
    double? LostSeconds,
    bool Simulated)
{
    /// <summary>Of a run.</summary>
    public static DrillSummary Of(RunView run) => new(
        run.Id,
        run.Plan,
        run.Kind,
        run.Mode,
        run.Strength,
        run.Outcome,
        run.Phase,
        run.OpenedAt,
        run.ClosedAt,
        (run.Measurement?.Rto ?? run.Measurement?.PlannedRto)?.Seconds,
        (run.Measurement?.Rto ?? run.Measurement?.PlannedRto)?.LimitSeconds,
        (run.Measurement?.Rpo ?? run.Measurement?.PlannedRpo)?.Lost,
        (run.Measurement?.Rpo ?? run.Measurement?.PlannedRpo)?.LostSeconds,
        run.Simulated);
}

/// <summary>Answer of <c>GET /systems/{name}/timeline</c>.</summary>
public sealed record TimelineDocument(string System, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Interval> Intervals);

/// <summary>A plan in one line.</summary>
/// <param name="PointsOfNoReturn">Names of the steps that cannot be taken back.</param>
public sealed record PlanSummary(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Version,
    DrillKind Kind,
    IReadOnlyList<RunMode> Modes,
    IReadOnlyList<string> Systems,
    string Hash,
    IReadOnlyList<string> PointsOfNoReturn);

/// <summary>Answer of <c>GET /plans/{name}</c>: what would happen, who is asked, what cannot be taken back.</summary>
/// <param name="Contents">The contents of 7.5 a) by key.</param>
/// <param name="Approvals">Who is asked before the first effect, in words.</param>
public sealed record PlanDocument(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Version,
    string File,
    string Hash,
    DrillKind Kind,
    IReadOnlyList<RunMode> Modes,
    IReadOnlyList<string> Systems,
    IReadOnlyList<string> Authors,
    IReadOnlyDictionary<string, string> Contents,
    IReadOnlyList<string> Approvals,
    IReadOnlyList<string> Gates,
    IReadOnlyList<PlanStepDocument> Steps,
    IReadOnlyList<string> PointsOfNoReturn)
{
    /// <summary>The order in which several systems are recovered; empty for one.</summary>
    public IReadOnlyList<string> Procedure { get; init; } = [];

    /// <summary>Full paths of the programs that its steps start; the server must allow each.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>What is looked at while the steps run, and what a breach leads to, in words.</summary>
    public IReadOnlyList<string> Guardrails { get; init; } = [];
}

/// <summary>A node of the graph.</summary>
/// <param name="Answers">Who is asked at this step; empty where nobody is.</param>
/// <param name="WayBack">True for steps of the way back.</param>
public sealed record PlanStepDocument(
    string Name,
    string Kind,
    IReadOnlyDictionary<string, string> Title,
    string? Site,
    IReadOnlyList<string> Needs,
    RtoMark? Mark,
    bool PointOfNoReturn,
    TimeSpan Timeout,
    int Retries,
    OnFailure? OnFailure,
    bool WayBack,
    string Answers)
{
    /// <summary>The system it belongs to; null for a step of all systems of the plan.</summary>
    public string? System { get; init; }

    /// <summary>What it would do, in one line.</summary>
    public string Description { get; init; } = "";

    /// <summary>True where it would change something.</summary>
    public bool Changes { get; init; }

    /// <summary>What must be seen after its effect before it is done.</summary>
    public IReadOnlyList<string> Verify { get; init; } = [];

    /// <summary>What it acts on in a rehearsal, in words; null where it names nothing for that.</summary>
    public string? Rehearsal { get; init; }
}

/// <summary>Body of <c>POST /drills</c>.</summary>
/// <param name="Closes">The switched-not-returned run whose duties this one closes when it passes; null where it is no linked run.</param>
public sealed record StartDrill(string Plan, RunMode Mode, string Reason, long? Closes = null);

/// <summary>Body of <c>POST /drills/{id}/abort</c>, <c>/pause</c>, <c>/resume</c> and <c>/report</c>.</summary>
/// <param name="Reason">Why, or the report; required but for resume.</param>
public sealed record OrderRun(string? Reason = null);

/// <summary>Body of <c>POST /drills/{id}/answers/{item}</c>.</summary>
/// <param name="Note">The reason; a refusal and a break-glass are not taken without one.</param>
/// <param name="Attachment">A file, where the item takes one.</param>
public sealed record AnswerItem(bool Confirmed, string? Note = null, AttachedFile? Attachment = null);

/// <summary>A file on the wire.</summary>
/// <param name="Name">Its last part says what it is: .pdf .png .jpg .jpeg .docx .xlsx .txt .log .csv .json.</param>
/// <param name="Content">Base64; up to 5 MiB when decoded.</param>
public sealed record AttachedFile(string Name, byte[] Content);

/// <summary>Body of <c>POST /drills/{id}/review</c>.</summary>
public sealed record ReviewRun(string Reason);

/// <summary>Body of <c>POST /evidence/packs</c>; without a run everything is packed.</summary>
public sealed record ExportPack(long? Run = null);

/// <summary>Answer of <c>GET /me</c>.</summary>
public sealed record MeDocument(string Id, string Name, string Department, IReadOnlyList<PersonRole> Roles, bool Simulated);

/// <summary>Answer of <c>GET /evidence/key</c>.</summary>
/// <param name="Fingerprint">The key's name for people, <c>SHA256:...</c>.</param>
/// <param name="VerifierKey">C2SP verifier key line.</param>
public sealed record EvidenceKeyDocument(string Origin, string Fingerprint, string VerifierKey);
