using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>What people and programs may ask of the drill engine. Web and CLI go through here; the actor is always the person behind the token.</summary>
public interface IDrills
{
    /// <summary>Puts the intent of a run on record and hands it to the engine.</summary>
    Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken);

    /// <summary>Answers a pending approval, task or resume decision of a run.</summary>
    /// <param name="item">Name of the pending item, see <see cref="PendingItem.Name"/>.</param>
    /// <param name="attachment">A file that is kept with the answer, judged by <see cref="Attachments"/>; null for none.</param>
    Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken);

    /// <summary>Closes, by a person's word, the duty to fence an old side that a run left (<see cref="DutyRules"/>).</summary>
    /// <param name="fence">The fence step of its plan.</param>
    Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken);

    /// <summary>Reviews the overrides of a run, open or closed; by a person who took no part in it.</summary>
    Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken);

    /// <summary>Stops a run, lets a paused one go on, or reports a real one behind its end. On record when accepted; from then on nothing new begins, whoever carries the run.</summary>
    /// <param name="reason">Why; required but for <see cref="RunOrder.Resume"/>, where it is a note.</param>
    /// <returns>Codes: <c>accepted</c>, <c>no-such-run</c>, <c>run-closed</c>, <c>role-missing</c>, <c>reason-missing</c>, <c>already-stopped</c>, <c>not-paused</c>, <c>too-late</c>, <c>not-closed</c>, <c>not-real</c>, <c>already-reported</c>.</returns>
    Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken);

    /// <summary>All runs, newest first.</summary>
    Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One run, or null.</summary>
    Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken);

    /// <summary>What waits for a person, over all open runs; filtered to what <paramref name="person"/> may answer when given.</summary>
    Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken);

    /// <summary>Events of a run from <paramref name="afterSequence"/> on, as they come; ends when the run is closed.</summary>
    IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, CancellationToken cancellationToken);
}

/// <summary>Short ways.</summary>
public static class DrillsExtensions
{
    /// <summary>Answers without an attachment.</summary>
    public static Task<AnswerResult> AnswerAsync(this IDrills drills, long run, string item, Person person, bool confirmed, string? note, CancellationToken cancellationToken) =>
        drills.AnswerAsync(run, item, person, confirmed, note, null, cancellationToken);
}

/// <summary>A request to run a plan.</summary>
public sealed record StartRequest(string Plan, RunMode Mode, string Reason, Person Requester)
{
    /// <summary>The time of the calendar that asks, in the requester's name; null where the requester asks.</summary>
    public ScheduledFire? Scheduled { get; init; }

    /// <summary>What asks for it; a schedule starts nothing real.</summary>
    public StartSource Source { get => Scheduled is null ? field : StartSource.Schedule; init; } = StartSource.Person;

    /// <summary>The switched-not-returned run whose duties this one closes when it passes; null where it is no linked run.</summary>
    public long? Closes { get; init; }
}

/// <summary>What asks for a run.</summary>
public enum StartSource
{
    /// <summary>person: somebody, now.</summary>
    Person,

    /// <summary>schedule: a calendar of the estate.</summary>
    Schedule,
}

/// <summary>What became of it. A closed set.</summary>
public abstract record StartResult
{
    private StartResult()
    {
    }

    /// <summary>The run is on record and will be carried.</summary>
    public sealed record Started(long Run) : StartResult
    {
        /// <summary>False when the workers' queue did not take the run: it is on record all the same, and whoever looks for open runs has it carried once the queue is back.</summary>
        public bool IsQueued { get; init; } = true;
    }

    /// <summary>Not started; nothing is on record but the refusal.</summary>
    /// <param name="Code"><c>plan-not-found</c>, <c>mode-not-offered</c>, <c>system-locked</c>, <c>not-allowed</c>, <c>not-by-schedule</c>, <c>reason-missing</c>, <c>rehearsal-target</c>, <c>program-not-allowed</c>, <c>not-closable</c>, <c>closes-missing</c>, <c>nobody-may-approve</c>; of the calendar also <c>already-fired</c>, <c>fired-late</c>.</param>
    /// <param name="Detail">For a person, with who holds the lock where that is the reason.</param>
    public sealed record Refused(string Code, string Detail) : StartResult;
}

/// <summary>What became of an answer.</summary>
/// <param name="Code"><c>accepted</c>, or why not: <c>no-such-item</c>, <c>own-run</c>, <c>own-step</c>, <c>shared-tokens</c>, <c>role-missing</c>, <c>already-answered</c>, <c>too-late</c>, <c>reason-missing</c>, <c>attachment-missing</c>, <c>attachment-refused</c>, <c>no-override</c>.</param>
public sealed record AnswerResult(bool Accepted, string Code, string Detail);

/// <summary>Something that waits for a person.</summary>
/// <param name="Kind"><c>approval</c> (of the run), <c>task</c> (a step), <c>step-approval</c> (a point of no return), <c>resume</c>.</param>
/// <param name="Name">Unique in the run.</param>
/// <param name="Role">Role word of who may answer.</param>
/// <param name="Question">What is asked, in words.</param>
/// <param name="PointsOfNoReturn">For approvals: the steps that cannot be taken back, listed so that the word given covers them.</param>
public sealed record PendingItem(
    long Run,
    string Kind,
    string Name,
    string Role,
    string Question,
    DateTimeOffset AskedAt,
    DateTimeOffset? Deadline,
    IReadOnlyList<string> PointsOfNoReturn)
{
    /// <summary>How many different people must confirm.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Who has confirmed and still may: they count towards the quorum.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>Who may answer now, by id.</summary>
    public IReadOnlyList<string> MayAnswer { get; init; } = [];

    /// <summary>Who is waited for: id of a person, or a department; null for anybody with the role.</summary>
    public string? Owner { get; init; }

    /// <summary>Of the owner.</summary>
    public string? Department { get; init; }

    /// <summary>From when on it is overdue; null where nothing was said.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Past its due moment.</summary>
    public bool Overdue { get; init; }

    /// <summary><c>required</c>, <c>optional</c>, or null where no file is taken.</summary>
    public string? Attachment { get; init; }
}

/// <summary>One line of a run's story.</summary>
/// <param name="Sequence">Position in the run's journal.</param>
/// <param name="Kind">Journal entry kind: <c>phase</c>, <c>gate</c>, <c>step.intent</c>, <c>step.outcome</c>, <c>asked</c>, <c>answered</c>, <c>waiting</c>, <c>measured</c>, <c>closed</c>, ...</param>
/// <param name="Text">For people.</param>
public sealed record RunEvent(long Sequence, DateTimeOffset At, string Kind, string? Step, string Text);

/// <summary>A run as people see it; a pure fold of its journal.</summary>
/// <param name="Mark">How everything begins that the run leaves at its targets: <c>dro-LOG-RUN</c>.</param>
/// <param name="Outcome"><c>open</c>, <c>waiting</c>, <c>passed</c>, <c>switched-not-returned</c>, <c>failed</c>, <c>aborted</c>, <c>pre-empted</c>.</param>
/// <param name="Phase">Where it stands, in words people read at 3 a.m.: <c>Checking gates</c>, <c>Waiting for approval</c>, ...</param>
/// <param name="Strength"><c>sandbox</c>, <c>tabletop</c>, <c>rehearsal</c>, <c>live</c>, <c>real</c>.</param>
/// <param name="Simulated">True when personas of the sandbox answered.</param>
public sealed record RunView(
    long Id,
    string Mark,
    string Plan,
    string PlanHash,
    string Mode,
    string Kind,
    string Strength,
    IReadOnlyList<string> Systems,
    string RequestedBy,
    string Reason,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    string Outcome,
    string Phase,
    string? WaitingFor,
    bool Simulated,
    bool RolledBack,
    string? Failure,
    IReadOnlyList<GateResult> Gates,
    IReadOnlyList<StepView> Steps,
    IReadOnlyList<AnswerView> Answers,
    RunMeasurement? Measurement)
{
    /// <summary>What it ran on, part by part (<see cref="RunFingerprint"/>); null before that is on record.</summary>
    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }

    /// <summary>The site it promoted; null while it has promoted none. Of several systems the first.</summary>
    public string? Promoted { get; init; }

    /// <summary>The site it promoted, by system.</summary>
    public IReadOnlyDictionary<string, string> PromotedSites { get; init; } = new Dictionary<string, string>();

    /// <summary>The run as it speaks for one of its systems: with that one's figures and the site it was promoted at.</summary>
    public RunView For(string system) => Systems.Count < 2 ? this
        : this with { Systems = [system], Measurement = MeasuredOf(system), Promoted = PromotedSites.GetValueOrDefault(system) };

    /// <summary>A record made before each system had a clock of its own measured the first one only.</summary>
    private RunMeasurement? MeasuredOf(string system) => Measurement is { Systems.Count: 0 } && system != Systems[0] ? null : Measurement?.For(system);

    /// <summary>The time of the calendar that opened it; null where a person asked.</summary>
    public ScheduledFire? Scheduled { get; init; }

    /// <summary>How long it was expected to take when it was opened; null for runs of before forecasts were put on record.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>Measured recovery time less the forecast, seconds; null where one of the two is missing.</summary>
    public double? ForecastErrorSeconds { get; init; }

    /// <summary>What waits for people now; empty once it is closed.</summary>
    public IReadOnlyList<PendingItem> Pending { get; init; } = [];

    /// <summary>Who made the token it was asked for with, then who made that maker's, to the first; empty for a token that stands in the estate.</summary>
    public IReadOnlyList<string> RequesterTokenMakers { get; init; } = [];

    /// <summary>Rules of the engine that people set aside in it, and words that one person may have said with the tokens of two.</summary>
    public IReadOnlyList<OverrideView> Overrides { get; init; } = [];

    /// <summary>Fence steps whose sites it left unfenced behind a promotion.</summary>
    public IReadOnlyList<string> UnfencedBehind { get; init; } = [];

    /// <summary>The duty of an earlier run that it carries out; null for a run that people asked for.</summary>
    public FenceDuty? FenceDuty { get; init; }

    /// <summary>The stop in force; null while the run may go on.</summary>
    public StopView? Stop { get; init; }

    /// <summary>What guardrails saw that stopped it, oldest first.</summary>
    public IReadOnlyList<GateResult> Breaches { get; init; } = [];

    /// <summary>What a tabletop would look at, without looking.</summary>
    public IReadOnlyList<string> WouldCheck { get; init; } = [];

    /// <summary>What somebody must do because this run ended before it was done; empty once <see cref="ClosedByRun"/> has done it.</summary>
    public IReadOnlyList<string> Duties { get; init; } = [];

    /// <summary>The switched-not-returned run whose duties this one closes by passing; null where it is no linked run.</summary>
    public long? ClosesRun { get; init; }

    /// <summary>
    /// The later run that did what this one left to do; null while something stands of it that makes the system less safe, though it was brought home. The run itself, where it brought
    /// another one home and all is done that it took over.
    /// </summary>
    public long? ClosedByRun { get; init; }

    /// <summary>Who took part, with their departments; empty while it is open.</summary>
    public IReadOnlyList<Participant> Participants { get; init; } = [];

    /// <summary>Steps that failed and were passed over by the plan's own word; empty while it is open.</summary>
    public IReadOnlyList<RunFinding> Findings { get; init; } = [];

    /// <summary>Who put the summary report of a real incident on record; null while nobody has.</summary>
    public string? ReportedBy { get; init; }

    /// <summary>True while one of them waits for its review: the run counts for nothing until then.</summary>
    public bool ToBeReviewed => Overrides.Any(one => one.ReviewedBy is null);
}

/// <summary>A rule of the engine that people set aside.</summary>
/// <param name="Kind"><c>break-glass</c>, <c>gate-override</c>; <c>shared-tokens</c> for words of two people that one may have said.</param>
/// <param name="People">Who gave the word, with the reasons in the same order.</param>
/// <param name="ReviewedBy">Null while it waits for its review.</param>
public sealed record OverrideView(
    string Kind,
    string Subject,
    string? Step,
    string Text,
    DateTimeOffset At,
    IReadOnlyList<string> People,
    IReadOnlyList<string> Reasons,
    string? ReviewedBy,
    string? ReviewReason,
    DateTimeOffset? ReviewedAt)
{
    /// <summary>The kind of what nobody asked for and the engine found: two words that one person may have said.</summary>
    public const string SharedTokens = "shared-tokens";
}

/// <summary>A stop of a run.</summary>
/// <param name="What"><c>paused</c>, <c>aborted</c>, <c>pre-empted</c>.</param>
/// <param name="By">Person id, or <c>system</c> for a guardrail or a real run.</param>
/// <param name="Reached">The state that it reached; null until nothing is in flight any more.</param>
public sealed record StopView(string What, string By, string Reason, DateTimeOffset At, StateReached? Reached);

/// <summary>Where a stop found the run.</summary>
/// <param name="Done">Steps that are done.</param>
/// <param name="InFlight">Steps that had begun and of which nobody knows what became of them.</param>
/// <param name="Observed">What was in flight and is known now: <c>promote: done</c>.</param>
/// <param name="NotBegun">Steps of which nothing was sent.</param>
/// <param name="Serving">Site by system.</param>
public sealed record StateReached(
    IReadOnlyList<string> Done, IReadOnlyList<string> InFlight, IReadOnlyList<string> Observed, IReadOnlyList<string> NotBegun, IReadOnlyDictionary<string, string> Serving);

/// <summary>A step of a run.</summary>
/// <param name="State"><c>pending</c>, <c>running</c>, <c>done</c>, <c>failed</c>, <c>unknown</c>, <c>undone</c>, <c>skipped</c>.</param>
public sealed record StepView(
    string Name,
    string Kind,
    string? Site,
    string State,
    int Attempts,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    string? Detail,
    bool PointOfNoReturn,
    bool WayBack);

/// <summary>An answer a person gave.</summary>
public sealed record AnswerView(string Item, string Person, bool Confirmed, string? Note, DateTimeOffset At, bool Simulated)
{
    /// <summary>Who made the token it was given with, then who made that maker's, to the first; empty for a token that stands in the estate.</summary>
    public IReadOnlyList<string> TokenMakers { get; init; } = [];

    /// <summary>The file that came with it, kept as an object of evidence; null for none.</summary>
    public KeptAttachment? Attachment { get; init; }
}

/// <summary>What a run demonstrated. Pure: made from the journal, the timeline and the markers, so that an old run can be measured again.</summary>
/// <param name="Rto">Of the unplanned switch. Null where the plan is for several systems, like the others: each has its own in <see cref="Systems"/>.</param>
/// <param name="Rpo">Of the unplanned switch.</param>
/// <param name="PlannedRto">Of the planned switch back, apart; null when there was none.</param>
/// <param name="PlannedRpo">As <paramref name="PlannedRto"/>.</param>
public sealed record RunMeasurement(RtoMeasurement? Rto, RpoMeasurement? Rpo, RtoMeasurement? PlannedRto, RpoMeasurement? PlannedRpo)
{
    /// <summary>Of a plan for several systems: each with a clock and a count of its own, in the order of the plan; empty for one system.</summary>
    public IReadOnlyList<SystemMeasurement> Systems { get; init; } = [];

    /// <summary>Of a plan for several systems: from the first interruption to the last restoration; null where none was interrupted.</summary>
    public OverallRecovery? Overall { get; init; }

    /// <summary>The figures as they speak for one system.</summary>
    public RunMeasurement For(string system) => Systems.Count == 0 ? this
        : Systems.FirstOrDefault(one => one.System == system) is { } own ? new RunMeasurement(own.Rto, own.Rpo, own.PlannedRto, own.PlannedRpo)
        : new RunMeasurement(null, null, null, null);
}

/// <summary>What a run of several systems demonstrated for one of them.</summary>
public sealed record SystemMeasurement(string System, RtoMeasurement? Rto, RpoMeasurement? Rpo, RtoMeasurement? PlannedRto, RpoMeasurement? PlannedRpo);

/// <summary>The recovery of several systems as one, seconds; it has no limit of its own, each system has.</summary>
/// <param name="Seconds">Upper bound: from the earliest last good probe to the latest end of a recovery.</param>
/// <param name="Restored">False when one of them had not come back: "at least".</param>
/// <param name="Met">Every system kept its limit.</param>
public sealed record OverallRecovery(double Seconds, double LowerSeconds, bool Restored, bool Met, DateTimeOffset InterruptedEarliest, DateTimeOffset RestoredLatest);

/// <summary>Demonstrated recovery time (实测恢复时间), seconds. <see cref="Seconds"/> is the upper bound; the phases sum to it.</summary>
/// <param name="LowerSeconds">From the end of the first failed probe on.</param>
/// <param name="UpperSeconds">From the start of the last good probe on.</param>
/// <param name="TechnicalSeconds">Ended by probes instead of by business verification; upper bound.</param>
/// <param name="Met">Compares numbers only; never while the service is not restored.</param>
/// <param name="Restored">False when the service had not come back by the end of the run: the figures then say "at least".</param>
/// <param name="Phases">Seconds by mark word, in order; from the mark before to this one.</param>
/// <param name="Planned">True for a planned switchover.</param>
public sealed record RtoMeasurement(
    double Seconds,
    double LowerSeconds,
    double UpperSeconds,
    double TechnicalSeconds,
    double LimitSeconds,
    bool Met,
    bool Restored,
    IReadOnlyDictionary<string, double> Phases,
    bool Planned,
    DateTimeOffset InterruptedEarliest,
    DateTimeOffset InterruptedLatest,
    DateTimeOffset RestoredEarliest,
    DateTimeOffset RestoredLatest,
    DateTimeOffset? VerifiedAt);

/// <summary>Counted data loss (实测数据丢失量) against the limit; met when the counted loss and the worst exposure are inside, and the exposure was known all the time.</summary>
/// <param name="NotProtectedSeconds">Seconds before the interruption in which nothing arrived at the standby.</param>
/// <param name="UnknownSeconds">Seconds before the interruption in which nobody could tell.</param>
public sealed record RpoMeasurement(
    long Sent,
    long Acknowledged,
    long InDoubt,
    long Refused,
    long Lost,
    double LostSeconds,
    long InDoubtSurvivors,
    double? WorstExposureSeconds,
    long NotProtectedSeconds,
    long UnknownSeconds,
    double LimitSeconds,
    bool Met);
