using System.Runtime.CompilerServices;

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
    // Kept beside the lists they are of: a copy of the estate with other lists has others, and a thousand systems are not searched a thousand times for each page.
    private static readonly ConditionalWeakTable<IReadOnlyList<ProbeDefinition>, ILookup<string, ProbeDefinition>> ProbesBySystem = [];
    private static readonly ConditionalWeakTable<IReadOnlyList<ProtectedSystem>, ILookup<string, ProtectedSystem>> SystemsByName = [];

    /// <summary>Where backups are restored to be looked at, by name (<c>restore-places:</c>).</summary>
    public IReadOnlyList<RestorePlace> RestorePlaces { get; init; } = [];

    /// <summary>The place of that name, or null.</summary>
    public RestorePlace? FindRestorePlace(string name) => RestorePlaces.FirstOrDefault(place => place.Name == name);

    /// <summary>Nothing declared: what is in force until a folder has been read.</summary>
    public static Estate None { get; } = new("", "", "", false, [], [], [], [], [], [], [], []);

    /// <summary>Who leads business continuity, where declared (7.2 c).</summary>
    public ContinuityOrganisation? Continuity { get; init; }

    /// <summary>Where the orchestrator's servers look from; empty where none is declared, and then none suspects itself.</summary>
    public IReadOnlyList<VantagePoint> VantagePoints { get; init; } = [];

    /// <summary>IANA name of the zone whose days, months and years the figures are given for (<c>time-zone:</c>); UTC by default.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>A moment by the estate's wall clock: days of terms and reviews begin and end there.</summary>
    public DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    /// <summary>Least time from the approval of a maintenance to its start (<c>maintenance: { notice: 24h }</c>, verdict rule 4).</summary>
    public TimeSpan MaintenanceNotice { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What one maintenance may last at most (<c>maintenance: { longest: 72h }</c>): a plan without an end would plan every outage.</summary>
    public TimeSpan MaintenanceLongest { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Committed service time, by name (<c>service-calendars:</c>).</summary>
    public IReadOnlyList<ServiceCalendar> ServiceCalendars { get; init; } = [];

    /// <summary>What people state for every system: the policy of verdict rule 2. A system's own statement wins.</summary>
    public IReadOnlyList<Attestation> Attestations { get; init; } = [];

    /// <summary>
    /// The service calendar whose days with hours are working days (<c>working-days:</c>): its exceptions are public holidays, and days worked in exchange (调休). Null: Monday to
    /// Friday, without public holidays.
    /// </summary>
    public ServiceCalendar? WorkingDays { get; init; }

    /// <summary>The PostgreSQL servers that steps of plans act on (<c>databases:</c>).</summary>
    public IReadOnlyList<DatabaseDefinition> Databases { get; init; } = [];

    /// <summary>The database of that name, or null.</summary>
    public DatabaseDefinition? FindDatabase(string name) => Databases.FirstOrDefault(d => d.Name == name);

    /// <summary>Days on which no drill starts (<c>freezes:</c>).</summary>
    public IReadOnlyList<Freeze> Freezes { get; init; } = [];

    /// <summary>The freezes in force for any of these systems at a moment.</summary>
    public IReadOnlyList<Freeze> FreezesOf(IReadOnlyCollection<string> systems, DateTimeOffset at) => [.. Freezes.Where(freeze => freeze.Concerns(systems) && freeze.Holds(at))];

    /// <summary>The committed service time of a system; null where it is around the clock.</summary>
    public ServiceCalendar? ServiceCalendarOf(ProtectedSystem system) => ServiceCalendars.FirstOrDefault(c => c.Name == system.ServiceCalendar);

    /// <summary>
    /// Id of the person who uses the built-in local operator's token (<c>local-operator:</c>): what is asked with it is asked by that person, who then approves nothing of it. Null:
    /// nobody is named.
    /// </summary>
    public string? LocalOperator { get; init; }

    /// <summary>
    /// <c>independent-tokens: required</c>: two words that must be of two people are taken only where nobody had a hand in the tokens of both. Otherwise such a pair is taken, and its run
    /// is to be reviewed.
    /// </summary>
    public bool RequiresIndependentTokens { get; init; }

    /// <summary>Who stands behind an id on record: the local operator is the person the estate names, a former id is the person who has another one now, everybody else is who they are.</summary>
    public string PrincipalOf(string id)
    {
        var named = id == Person.LocalOperatorId ? LocalOperator ?? id : id;
        return People.FirstOrDefault(person => person.FormerIds.Contains(named))?.Id ?? named;
    }

    /// <summary>The site of that name, or null.</summary>
    public Site? FindSite(string name) => Sites.FirstOrDefault(s => s.Name == name);

    /// <summary>The system of that name, or null.</summary>
    public ProtectedSystem? FindSystem(string name) => SystemsByName.GetValue(Systems, static systems => systems.ToLookup(s => s.Name, StringComparer.Ordinal))[name].FirstOrDefault();

    /// <summary>The probes of a system, in the order of the estate.</summary>
    public IEnumerable<ProbeDefinition> ProbesOf(string system) => ProbesBySystem.GetValue(Probes, static probes => probes.ToLookup(p => p.System, StringComparer.Ordinal))[system];

    /// <summary>The endpoint of that name, or null.</summary>
    public ServiceEndpoint? FindEndpoint(string name) => Endpoints.FirstOrDefault(e => e.Name == name);

    /// <summary>The probe of that name, or null.</summary>
    public ProbeDefinition? FindProbe(string name) => Probes.FirstOrDefault(p => p.Name == name);

    /// <summary>The policy in force for a system by which availability takes 服务时间口径: its own, else the estate's. Null where none is.</summary>
    public Attestation? ServiceTimePolicyOf(ProtectedSystem system, DateTimeOffset at) =>
        system.Attested(AttestedStatement.ServiceTimeBasis, at) ?? Attestations.FirstOrDefault(one => one.Statement == AttestedStatement.ServiceTimeBasis && one.HoldsAt(at));

    /// <summary>The person of that id, or null.</summary>
    public Person? FindPerson(string id) => People.FirstOrDefault(p => p.Id == id);

    /// <summary>The service probes of the system's critical functions: they alone decide whether it is up (verdict rule 5), for its availability and for its recovery time.</summary>
    public IReadOnlyList<ProbeDefinition> CriticalProbesOf(ProtectedSystem system) =>
        [.. ProbesOf(system.Name).Where(p => p.Role == ProbeRole.Service && system.Functions.Any(f => f.Critical && f.Name == p.Function))];
}
