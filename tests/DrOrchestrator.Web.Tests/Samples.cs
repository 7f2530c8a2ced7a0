using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Web.Tests;

/// <summary>An estate, a system and a run as they look in real life.</summary>
internal static class Samples
{
    public const string ViewerToken = "viewer-token";
    public const string ApproverToken = "approver-token";
    public const string AuditorToken = "auditor-token";
    public const string AdminToken = "admin-token";
    public const string NobodyToken = "nobody-token";

    public static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    public static Estate Estate(string systemName = "ledger", string title = "Core ledger", bool sandbox = true) => new(
        "bank",
        "/nowhere",
        new string('a', 64),
        sandbox,
        [new Site("primary", SiteRole.Production, null, null, null), new Site("dr", SiteRole.SameCity, null, null, null)],
        [
            new ProtectedSystem(
                systemName,
                new Dictionary<string, string> { ["en"] = title },
                "Settlement",
                "wang",
                [new ImpactRating(ImpactScope.FinancialRights, Severity.Moderate, "accounts", "li")],
                "primary",
                ["dr"],
                [],
                null,
                null,
                false,
                []),
        ],
        [],
        [],
        [],
        [
            Person("vera", ViewerToken, PersonRole.Viewer),
            Person("anna", ApproverToken, PersonRole.Approver),
            Person("otto", AuditorToken, PersonRole.Auditor),
            Person("adam", AdminToken, PersonRole.Admin),
            Person("nils", NobodyToken),
        ],
        [new CalendarEntry("ledger-yearly", "drill-overdue", systemName, "quickstart-failover", "0 0 8 * * ?", "UTC", TimeSpan.FromDays(365))],
        []);

    public static Person Person(string id, string token, params PersonRole[] roles) =>
        new(id, char.ToUpperInvariant(id[0]) + id[1..], "IT", roles, DrOrchestrator.Web.Security.Tokens.Hash(token), Simulated: false);

    public static SystemStatus Status(string name = "ledger", string title = "Core ledger", string titleChinese = "核心账务系统") => new(
        name,
        new Dictionary<string, string> { ["en"] = title, ["zh-CN"] = titleChinese },
        "Settlement",
        4,
        new TierLimits(4, TimeSpan.FromHours(4), TimeSpan.FromHours(1), TimeSpan.FromHours(10), 99.9m, "JR/T 0199-2020, table 2"),
        "primary",
        IntervalState.Up,
        Start,
        "HTTP 201",
        12.4,
        [
            new SiteStatus("primary", "serving", IntervalState.Up, Start, 12.4, "HTTP 201"),
            new SiteStatus("dr", "standby", IntervalState.Down, Start.AddMinutes(1), null, "connection refused by 127.0.0.1:8080"),
        ],
        new AvailabilityFigure(
            Start.AddDays(-1),
            Start,
            99.987654,
            98.5,
            99.99,
            98.51,
            TimeSpan.FromSeconds(11),
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(12),
            TimeSpan.FromMinutes(20),
            TimeSpan.Zero,
            TimeSpan.Zero),
        [new Exposure(name, "dr", TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.5), ReplicationState.Protected, Start, Start.AddSeconds(5), "500 ms behind")],
        [
            new TierVerdict("rto", Verdict.Met, "12.3 s", "4 h (table 2)", "run 7", "lab, satisfies no clause"),
            new TierVerdict("availability", Verdict.Indeterminate, "99.98%", "99.9%", "observed 3 minutes of the year", "lab, satisfies no clause"),
            new TierVerdict("overall", Verdict.AtRisk, "", "", "availability cannot be judged", "lab, satisfies no clause"),
        ]);

    public static RunView Run(long id = 7, string outcome = "passed", string mode = "live", string reason = "yearly drill")
    {
        var closed = outcome is not ("open" or "waiting");
        return new(
            id,
            $"dro-1a2b3c4d-{id}",
            "quickstart-failover",
            new string('b', 64),
            mode,
            "failover",
            "sandbox",
            ["ledger"],
            "rita",
            reason,
            Start,
            closed ? Start.AddSeconds(40) : null,
            outcome,
            closed ? "Closed" : "Waiting for approval",
            closed ? null : "approver",
            Simulated: true,
            RolledBack: outcome == "failed",
            outcome == "failed" ? "promote: the Job failed" : null,
            [new GateResult("standby-healthy dr", true, "connected, 500 ms behind", "connected", "http://127.0.0.1/status", TimeSpan.FromMilliseconds(80), "Repair replication first.")],
            [
                Step("fence-primary", "k8s.fence", "primary", 5, 9),
                Step("promote", "k8s.job", "dr", 9, 12, noReturn: true),
                Step("start-api", "k8s.scale", "dr", 12, 15),
                Step("move-traffic", "http.route", null, 15, 15.4),
                Step("verify-business", "task", null, 15.4, 17),
                Step("rejoin", "k8s.job", "primary", 20, 30, wayBack: true),
            ],
            [new AnswerView("run-approval", "anna", true, "go", Start.AddSeconds(3), true)],
            closed ? Measurement() : null);
    }

    private static StepView Step(string name, string kind, string? site, double from, double to, bool noReturn = false, bool wayBack = false) =>
        new(name, kind, site, "done", 1, Start.AddSeconds(from), Start.AddSeconds(to), null, noReturn, wayBack);

    private static RunMeasurement Measurement() => new(
        new RtoMeasurement(
            12.3,
            11.9,
            12.3,
            11,
            14400,
            Met: true,
            Restored: true,
            new Dictionary<string, double> { ["detected"] = 1.2, ["decided"] = 0.1, ["fenced"] = 4, ["promoted"] = 3, ["trafficMoved"] = 3.4, ["businessVerified"] = 0.6 },
            false,
            Start.AddSeconds(4),
            Start.AddSeconds(4.1),
            Start.AddSeconds(15.9),
            Start.AddSeconds(16),
            Start.AddSeconds(16.3)),
        new RpoMeasurement(900, 850, 3, 47, 25, 0.48, 1, 0.6, 0, 0, 3600, true),
        null,
        null);
}

/// <summary>A status a test sets.</summary>
internal sealed class FakeStatuses : ISystemStatuses
{
    public List<SystemStatus> Systems { get; } = [Samples.Status()];

    public Task<IReadOnlyList<SystemStatus>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SystemStatus>>([.. Systems]);

    public Task<IReadOnlyList<Interval>> TimelineAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var down = new Edge(to.AddHours(-2), to.AddHours(-2), to.AddHours(-2).AddSeconds(1));
        var back = new Edge(to.AddHours(-1), to.AddHours(-1), to.AddHours(-1).AddSeconds(1));
        return Task.FromResult<IReadOnlyList<Interval>>(
        [
            new(system, IntervalState.Up, new Edge(from, from, from), down, "HTTP 201"),
            new(system, IntervalState.Down, down, back, "connection refused"),
            new(system, IntervalState.Up, back, null, "HTTP 201"),
        ]);
    }
}

internal sealed class FakeServing : IServingSites
{
    public string ServingSiteOf(string system) => "primary";
}

internal sealed class FakePlans : IPlans
{
    public IReadOnlyList<Plan> All { get; } =
    [
        new(
            "quickstart-failover",
            "quickstart-failover.yaml",
            new string('b', 64),
            "1",
            new Dictionary<string, string> { ["en"] = "Failover" },
            DrillKind.Failover,
            [RunMode.Live],
            ["ledger"],
            ["petra"],
            new PlanContents(new Dictionary<string, string> { ["scenarios"] = "site lost" }, "verify-business"),
            [new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10))],
            [],
            [],
            [
                new PlanStep("promote", "k8s.job", new Dictionary<string, string>(), "dr", StepParameters.None, [], RtoMark.Promoted, null, true, TimeSpan.FromSeconds(30), 0, OnFailure.Stop),
            ],
            []),
    ];
}

internal sealed class FakeKinds : IStepKindCatalog
{
    public IReadOnlyDictionary<string, StepKindShape> Steps { get; } =
        new Dictionary<string, StepKindShape> { ["k8s.job"] = new("k8s.job", StepEffect.Irreversible, true, "runs a Job", [], []) };

    public IReadOnlyDictionary<string, StepKindShape> Gates { get; } = new Dictionary<string, StepKindShape>();

    public IReadOnlyDictionary<string, StepKindShape> SteadyState { get; } = new Dictionary<string, StepKindShape>();
}
