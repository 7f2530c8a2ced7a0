using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates;

/// <summary>Everything declared, read strictly from one folder of YAML (git is its history). Immutable: a reload swaps the whole snapshot.</summary>
/// <param name="Name">The estate's name.</param>
/// <param name="Folder">Full path of the folder it was read from.</param>
/// <param name="Hash">Lower-case hex SHA-256 over names and bytes of all files read, in ordinal order of their names.</param>
/// <param name="IsSandbox">True for the lab: its records have strength <c>sandbox</c> and satisfy no clause.</param>
public sealed record Estate(
    string Name,
    string Folder,
    string Hash,
    bool IsSandbox,
    IReadOnlyList<Site> Sites,
    IReadOnlyList<ProtectedSystem> Systems,
    IReadOnlyList<ServiceEndpoint> Endpoints,
    IReadOnlyList<ProbeDefinition> Probes,
    IReadOnlyList<RecoveryPointDefinition> RecoveryPoints,
    IReadOnlyList<Person> People,
    IReadOnlyList<CalendarEntry> Calendars,
    IReadOnlyList<PlanFile> Plans)
{
    /// <summary>Nothing declared: what is in force until a folder has been read.</summary>
    public static Estate None { get; } = new("", "", "", false, [], [], [], [], [], [], [], []);

    /// <summary>Who leads business continuity, where declared (7.2 c).</summary>
    public ContinuityOrganisation? Continuity { get; init; }

    /// <summary>The site of that name, or null.</summary>
    public Site? FindSite(string name) => Sites.FirstOrDefault(s => s.Name == name);

    /// <summary>The system of that name, or null.</summary>
    public ProtectedSystem? FindSystem(string name) => Systems.FirstOrDefault(s => s.Name == name);

    /// <summary>The endpoint of that name, or null.</summary>
    public ServiceEndpoint? FindEndpoint(string name) => Endpoints.FirstOrDefault(e => e.Name == name);

    /// <summary>The probe of that name, or null.</summary>
    public ProbeDefinition? FindProbe(string name) => Probes.FirstOrDefault(p => p.Name == name);

    /// <summary>The person of that id, or null.</summary>
    public Person? FindPerson(string id) => People.FirstOrDefault(p => p.Id == id);

    /// <summary>The service probes of the system's critical functions: they alone decide whether it is up (verdict rule 5), for its availability and for its recovery time.</summary>
    public IReadOnlyList<ProbeDefinition> CriticalProbesOf(ProtectedSystem system) =>
        [.. Probes.Where(p => p.System == system.Name && p.Role == ProbeRole.Service && system.Functions.Any(f => f.Critical && f.Name == p.Function))];
}

/// <summary>What a site is for.</summary>
public enum SiteRole
{
    /// <summary>production: 生产中心.</summary>
    Production,

    /// <summary>same-city: 同城灾备中心.</summary>
    SameCity,

    /// <summary>remote: 异地灾备中心.</summary>
    Remote,
}

/// <summary>A data centre or cluster.</summary>
/// <param name="KubeconfigPath">Full path of the kubeconfig file, or null when the site has no cluster.</param>
/// <param name="KubernetesContext">Context within that file.</param>
public sealed record Site(string Name, SiteRole Role, string? Location, string? KubeconfigPath, string? KubernetesContext);

/// <summary>What the business calls a system.</summary>
/// <param name="Title">zh-CN and en titles by language code; falls back to <paramref name="Name"/>.</param>
/// <param name="Serving">The site that serves as declared; where a run has moved it since, the journal knows better.</param>
/// <param name="Rto">The objective of the BIA, when stricter than the tier's limit; null to take the tier's.</param>
/// <param name="Rpo">As <paramref name="Rto"/>.</param>
/// <param name="IsFintechProduct">Raises the required tier to at least 3 (7.2 g).</param>
public sealed record ProtectedSystem(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Department,
    string Owner,
    IReadOnlyList<ImpactRating> Bia,
    string Serving,
    IReadOnlyList<string> Standbys,
    IReadOnlyList<BusinessFunction> Functions,
    TimeSpan? Rto,
    TimeSpan? Rpo,
    bool IsFintechProduct,
    IReadOnlyList<string> DependsOn);

/// <summary>One (scope, severity) pair of the BIA (7.1 c) with its written reason and the business's signer.</summary>
public sealed record ImpactRating(ImpactScope Scope, Severity Severity, string Reason, string Signer);

/// <summary>A business function; the system is down when any critical one is (verdict rule 5).</summary>
public sealed record BusinessFunction(string Name, bool Critical);

/// <summary>A named HTTP address that probes, steps and canaries refer to, so that plans hold no host names.</summary>
/// <param name="TokenFile">Full path of a file whose first line is sent as a bearer token, or null.</param>
public sealed record ServiceEndpoint(string Name, Uri Url, string? TokenFile);

/// <summary>What a probe stands for.</summary>
public enum ProbeRole
{
    /// <summary>service: by the way users come in; decides availability.</summary>
    Service,

    /// <summary>standby: readiness of the other site.</summary>
    Standby,

    /// <summary>component: explains.</summary>
    Component,
}

/// <summary>One repeated observation.</summary>
/// <param name="System">The system it belongs to.</param>
/// <param name="Site">The site it looks at, or null where it comes in as users do.</param>
/// <param name="Function">The business function a service probe stands for; null otherwise.</param>
/// <param name="Confirmations">Results in a row that confirm a change of state, 1 or more.</param>
public sealed record ProbeDefinition(
    string Name,
    string System,
    string? Site,
    ProbeRole Role,
    string? Function,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Confirmations,
    ProbeSettings Settings);

/// <summary>What a kind of probe needs to know; <see cref="Kind"/> is the word in YAML and the key into <c>ProbeKinds</c>.</summary>
public abstract record ProbeSettings(string Kind);

/// <summary><c>http</c>: one request on a fresh or a reused connection.</summary>
/// <param name="Body">Sent as is; <c>{{nonce}}</c> stands for a value never sent before, so that every probe is a new write.</param>
/// <param name="BodyContains">Text the answer must contain, or null.</param>
public sealed record HttpProbeSettings(
    Uri Url,
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    string? Body,
    IReadOnlyList<int> ExpectedStatus,
    string? BodyContains,
    bool FreshConnection) : ProbeSettings("http");

/// <summary><c>tcp</c>: a connection is accepted.</summary>
public sealed record TcpProbeSettings(string Host, int Port) : ProbeSettings("tcp");

/// <summary>How the newest moment whose data is safe at a standby is read.</summary>
/// <param name="Settings">Reader settings by kind.</param>
public sealed record RecoveryPointDefinition(string Name, string System, TimeSpan Interval, TimeSpan Timeout, RecoveryPointSettings Settings);

/// <summary>Settings of a recovery-point reader; <see cref="Kind"/> is the word in YAML.</summary>
public abstract record RecoveryPointSettings(string Kind);

/// <summary>
/// <c>positions</c>: every site serves a JSON document with the log position it has written and received. The serving site is read first, then the standby.
/// Fields: <c>role</c>, <c>epoch</c>, <c>position</c> (durable end of its own log), <c>received</c> (durably received from the primary), <c>connected</c>.
/// </summary>
/// <param name="Sites">Status address by site name.</param>
public sealed record PositionsSettings(IReadOnlyDictionary<string, Uri> Sites) : RecoveryPointSettings("positions");

/// <summary>A person (or a persona of the sandbox) who may sign in.</summary>
/// <param name="TokenSha256">Lower-case hex SHA-256 of the person's token, or null when the person has none.</param>
/// <param name="Simulated">True for personas; every record of theirs says <c>simulated</c>.</param>
public sealed record Person(string Id, string Name, string Department, IReadOnlyList<PersonRole> Roles, string? TokenSha256, bool Simulated);

/// <summary>What a person may do. Admin and auditor exclude each other.</summary>
public enum PersonRole
{
    /// <summary>viewer: reads.</summary>
    Viewer,

    /// <summary>operator: asks for runs and does their tasks.</summary>
    Operator,

    /// <summary>approver: approves runs of others.</summary>
    Approver,

    /// <summary>business-verifier: signs business verification (业务验证).</summary>
    BusinessVerifier,

    /// <summary>auditor: reads everything, exports packs.</summary>
    Auditor,

    /// <summary>admin: settings.</summary>
    Admin,
}

/// <summary>An entry of the calendar. <c>drill-overdue</c>: a finding when no run of <see cref="Plan"/> closed within <see cref="Within"/>.</summary>
/// <param name="Kind">Only <c>drill-overdue</c> so far.</param>
/// <param name="Cron">Quartz cron expression.</param>
/// <param name="TimeZone">IANA name; UTC by default.</param>
public sealed record CalendarEntry(string Name, string Kind, string System, string Plan, string Cron, string TimeZone, TimeSpan Within);

/// <summary>A plan file named by the estate, and where it was found (the estate's folder first, then the shipped runbooks).</summary>
public sealed record PlanFile(string Name, string Path);

/// <summary><c>bcm:</c>, the organisation of business continuity (7.2 c), as far as it is declared.</summary>
public sealed record ContinuityOrganisation(string? LeadDepartment, string? DecisionBody);
