using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Journals;

/// <summary>A question on record.</summary>
public sealed record Question(
    string Kind,
    string Item,
    string? Step,
    string Role,
    int Quorum,
    string Text,
    DateTimeOffset AskedAt,
    DateTimeOffset? Deadline,
    IReadOnlyList<string> PointsOfNoReturn)
{
    /// <summary>required: it can only be confirmed with a file.</summary>
    public const string AttachmentRequired = "required";

    /// <summary>optional: a file may come with the answer.</summary>
    public const string AttachmentOptional = "optional";

    /// <summary>Who is waited for: id of a person, or a department; null for anybody with the role.</summary>
    public string? Owner { get; init; }

    /// <summary>Of the owner, as the estate said when it was asked.</summary>
    public string? Department { get; init; }

    /// <summary>From when on it is overdue; it waits until its deadline all the same.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>One of the words above, or null where no file is taken.</summary>
    public string? Attachment { get; init; }

    /// <summary>The value that was found when it was asked, where the answer is about a value; null elsewhere.</summary>
    public string? Found { get; init; }

    /// <summary>What it is about, as a key that stays the same however the text is worded; null where its name says that.</summary>
    public string? Subject { get; init; }
}

/// <summary>An answer on record.</summary>
public sealed record GivenAnswer(string Item, string Person, bool Confirmed, string? Note, DateTimeOffset At, bool Simulated)
{
    /// <summary>Whether the quorum was there with it, counting those who still had the role then; null on lines of before that was recorded.</summary>
    public bool? Settles { get; init; }

    /// <summary>Who had a hand in the token it was given with (<see cref="Estates.Person.TokenMakers"/>); null on lines of before that was recorded: nobody knows.</summary>
    public IReadOnlyList<string>? TokenMakers { get; init; } = [];

    /// <summary>Number of that token, where it is one on record.</summary>
    public long? Token { get; init; }

    /// <summary>Where one person may have said this word and another one that it stands beside; null where nobody may.</summary>
    internal SharedHands? Shared { get; init; }

    /// <summary>The file that came with it, or null.</summary>
    public KeptAttachment? Attachment { get; init; }

    /// <summary>Of its line in the journal.</summary>
    public long Sequence { get; init; }
}

/// <summary>A file kept as an object of evidence.</summary>
/// <param name="Sha256">Lower-case hex; its name in the evidence.</param>
public sealed record KeptAttachment(string Name, string MediaType, string Sha256);

/// <summary>The state of a run: a pure fold of its journal, one line at a time. Nothing else is remembered anywhere.</summary>
public sealed class DrillRun
{
    // Steps that run side by side read this while lines are applied: collections are replaced, never changed.
    private readonly ConcurrentDictionary<string, StepProgress> _steps = new(StringComparer.Ordinal);
    private ImmutableList<GivenAnswer> _answers = [];
    private ImmutableList<Question> _questions = [];
    private ImmutableList<GateResult> _gates = [];
    private ImmutableList<OverrideReview> _reviews = [];
    private ImmutableHashSet<string> _gaveOrders = [];
    private ImmutableHashSet<string> _overdue = [];
    private ImmutableHashSet<string> _settledDuties = [];
    private ImmutableList<GivenAnswer> _settlings = [];
    private ImmutableList<TokenWord> _words = [];
    private ImmutableHashSet<string> _held = [];
    private ImmutableList<GateResult> _breaches = [];
    private ImmutableList<string> _wouldCheck = [];
    private ImmutableDictionary<string, DateTimeOffset> _phases = ImmutableDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Folds a whole journal.</summary>
    public DrillRun(long run, IEnumerable<JournalEntry> entries)
    {
        Run = run;
        foreach (var entry in entries)
        {
            Apply(entry);
        }
    }

    /// <summary>Run number.</summary>
    public long Run { get; }

    /// <summary>Sequence number of the newest line.</summary>
    public long Sequence { get; private set; }

    /// <summary>Data of the opening line.</summary>
    public JsonObject Opened { get; private set; } = new();

    /// <summary><c>dro-LOG-RUN</c>: how everything begins that this run leaves at its targets. LOG is the id of the evidence log, so that no other run ever has it.</summary>
    public string Mark => $"dro-{Opened.Text("log")}-{Run}";

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; private set; }

    /// <summary>The duty it carries out; null for every run that people asked for.</summary>
    public FenceDuty? FenceDuty => Opened.Number("fenceDutyOf") is { } of && Opened.OptionalText("fenceDutyStep") is { } step ? new FenceDuty((long)of, step) : null;

    /// <summary>Who asked for it.</summary>
    public string Requester => Opened.Text("requester");

    /// <summary>Hash of the estate under which it was last carried.</summary>
    public string EstateHash { get; private set; } = "";

    /// <summary>The phase that began last, a word of <see cref="DrillPhase"/>.</summary>
    public string Phase { get; private set; } = DrillPhase.Opened;

    /// <summary>When it began.</summary>
    public DateTimeOffset PhaseSince { get; private set; }

    /// <summary>Why a run that waits does so; null while it is carried.</summary>
    public string? WaitingFor { get; private set; }

    /// <summary>Gate results of the newest round.</summary>
    public IReadOnlyList<GateResult> Gates => _gates;

    /// <summary>When the newest round of gates began.</summary>
    public DateTimeOffset? GatesAt { get; private set; }

    /// <summary>All answers.</summary>
    public IReadOnlyList<GivenAnswer> Answers => _answers;

    /// <summary>All questions.</summary>
    public IReadOnlyList<Question> Questions => _questions;

    /// <summary>Why the run failed, once something did.</summary>
    public string? Failure { get; private set; }

    /// <summary>What it measured, once it has.</summary>
    public JsonObject? Measured { get; private set; }

    /// <summary>What it runs on, once on record.</summary>
    public IReadOnlyDictionary<string, string>? Fingerprint { get; private set; }

    /// <summary>Data of the closing line, once closed.</summary>
    public JsonObject? Closed { get; private set; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }

    /// <summary>How it runs.</summary>
    public RunMode Mode { get; private set; } = RunMode.Live;

    /// <summary>The stop in force; null while the run may go on.</summary>
    public StopOrder? Stop { get; private set; }

    /// <summary>True while nothing new may begin. A rollback is what an abort leads to, so that it goes on under it; a later stop holds the rollback, too.</summary>
    public bool IsHalted => Stop is { } stop && !(stop.Kind is StopKind.Abort && RollingBackSince > stop.Sequence);

    /// <summary>Sequence of the line with which undoing began; null while it has not.</summary>
    public long? RollingBackSince { get; private set; }

    /// <summary>Sequence of the newest line that asked to abort; 0 while there is none.</summary>
    public long AbortedWith { get; private set; }

    /// <summary>The outcome that follows the rollback; a word of <see cref="RunOutcome"/>.</summary>
    public string? FailureOutcome { get; private set; }

    /// <summary>The state that the newest stop reached, once on record.</summary>
    public JsonObject? StateReached { get; private set; }

    /// <summary>When it last went on after a stop.</summary>
    public DateTimeOffset? WentOnAt { get; private set; }

    /// <summary>True once a real run holds its systems; every other run that locks has done so when it was opened.</summary>
    public bool HasLocks { get; private set; }

    /// <summary>What a tabletop would look at.</summary>
    public IReadOnlyList<string> WouldCheck => _wouldCheck;

    /// <summary>What guardrails saw that stopped the run, oldest first.</summary>
    public IReadOnlyList<GateResult> Breaches => _breaches;

    /// <summary>Who put the summary report of a real incident on record; null while nobody has.</summary>
    public string? ReportedBy { get; private set; }

    /// <summary>
    /// The later run that did what this one left to do; null while its duties are open, or where it has none. Itself, where it brought home what another run had switched, took over
    /// what kept both from having passed, and that is done since.
    /// </summary>
    public long? ClosedByRun => BroughtHomeBy is { } by ? _held.All(_settledDuties.Contains) ? by : null : LinkedDuties.IsDoneSince(this) ? Run : null;

    /// <summary>The later run that brought its systems home; what makes them less safe may stand all the same.</summary>
    public long? BroughtHomeBy { get; private set; }

    /// <summary>True when a persona of the sandbox answered.</summary>
    public bool Simulated => _answers.Any(answer => answer.Simulated);

    /// <summary>What the journal says of a step.</summary>
    public StepProgress Step(string name) => _steps.GetOrAdd(name, _ => new StepProgress());

    /// <summary>Every step with a line on record, by name.</summary>
    public IEnumerable<(string Name, StepProgress Progress)> StepsBegun => _steps.Where(step => step.Value.State is not StepState.Pending).Select(step => (step.Key, step.Value));

    /// <summary>True once the phase has begun.</summary>
    public bool Reached(string phase) => _phases.ContainsKey(phase);

    /// <summary>When the phase began for the first time; null while it has not.</summary>
    public DateTimeOffset? ReachedAt(string phase) => _phases.TryGetValue(phase, out var at) ? at : null;

    /// <summary>Answers to an item, oldest first.</summary>
    public IEnumerable<GivenAnswer> AnswersTo(string item) => _answers.Where(answer => answer.Item == item);

    /// <summary>The question of that name, or null.</summary>
    public Question? QuestionOf(string item) => _questions.FindLast(question => question.Item == item);

    /// <summary>Who aborted it, paused it, let it go on or reported on it.</summary>
    public IReadOnlySet<string> GaveOrders => _gaveOrders;

    /// <summary>Reviews of its overrides, oldest first.</summary>
    public IReadOnlyList<OverrideReview> Reviews => _reviews;

    /// <summary>Words by which people have closed duties, oldest first.</summary>
    public IReadOnlyList<GivenAnswer> Settlings => _settlings;

    /// <summary>Whatever people have said in it but its reviews, and who asked for it.</summary>
    internal IEnumerable<TokenWord> Words => Hands.Asking(this) is { } asking ? _words.Prepend(asking) : _words;

    /// <summary>Fence steps whose duty a person has closed.</summary>
    public IReadOnlySet<string> SettledDuties => _settledDuties;

    /// <summary>True once it is on record that the question is past its due moment.</summary>
    public bool IsOverdue(string item) => _overdue.Contains(item);

    /// <summary>
    /// Whether a question is settled: true confirmed by its quorum, false refused by anybody, null still open. Whether the quorum was there is on the line of the answer that made
    /// it: who may count is judged when people speak, and what was settled stays so.
    /// </summary>
    public bool? Settled(Question question)
    {
        var answers = AnswersTo(question.Item).ToList();
        return answers.Any(answer => !answer.Confirmed) || StopDecision.IsMoot(this, question) ? false
            : answers.Any(answer => answer.Settles is not null) ? answers.Any(answer => answer.Settles is true) ? true : null
            : answers.Select(answer => answer.Person).Distinct(StringComparer.Ordinal).Count() >= question.Quorum ? true
            : null;
    }

    /// <summary>Questions nobody has settled yet, while the run is open.</summary>
    public IEnumerable<Question> OpenQuestions => Closed is null ? _questions.Where(question => Settled(question) is null) : [];

    /// <summary>Takes one more line in.</summary>
    public void Apply(JournalEntry entry)
    {
        Sequence = entry.Sequence;

        // What people say changes nothing about whom the run waits for, until an owner has heard it.
        WaitingFor = entry.Kind is JournalKinds.Waiting ? entry.Data.Text("reason") : entry.Epoch == 0 ? WaitingFor : null;
        Stop = StopOrder.After(Stop, entry);
        if (entry.Kind is JournalKinds.AbortAsked or JournalKinds.PauseAsked or JournalKinds.ResumeAsked or JournalKinds.Reported)
        {
            _gaveOrders = _gaveOrders.Add(entry.Actor);
        }

        if (entry.Data.ContainsKey("roles") && entry.Kind is not JournalKinds.Reviewed)
        {
            _words = _words.Add(new TokenWord(entry.Actor, JournalJson.MakersOf(entry, Opened)));
        }

        switch (entry.Kind)
        {
            case JournalKinds.Opened:
                (Opened, OpenedAt, PhaseSince, EstateHash) = (entry.Data, entry.At, entry.At, entry.Data.Text("estateHash"));
                Mode = Enum.TryParse<RunMode>(entry.Data.Text("mode"), ignoreCase: true, out var mode) ? mode : RunMode.Live;
                break;
            case JournalKinds.Leased:
                EstateHash = entry.Data.OptionalText("estateHash") ?? EstateHash;
                break;
            case JournalKinds.Phase:
                (Phase, PhaseSince) = (entry.Data.Text("phase"), entry.At);
                _phases = _phases.ContainsKey(Phase) ? _phases : _phases.Add(Phase, entry.At);
                Failure ??= entry.Data.OptionalText("failure");
                if (Phase == DrillPhase.RollingBack)
                {
                    RollingBackSince ??= entry.Sequence;
                    FailureOutcome ??= entry.Data.OptionalText("outcome");
                }

                if (Phase == DrillPhase.Gates)
                {
                    GatesAt = entry.At;
                    _gates = [];
                }

                break;
            case JournalKinds.Gate:
                _gates = _gates.Add(JournalJson.Gate(entry.Data));
                break;
            case JournalKinds.Asked:
                _questions = _questions.Add(JournalJson.Question(entry));
                break;
            case JournalKinds.Answered:
                _answers = _answers.Add(JournalJson.Answer(entry, Opened));
                break;
            case JournalKinds.Overdue:
                _overdue = _overdue.Add(entry.Data.Text("item"));
                break;
            case JournalKinds.Reviewed:
                _reviews = _reviews.Add(JournalJson.Review(entry));
                break;
            case JournalKinds.DutySettled:
                _settledDuties = _settledDuties.Add(entry.Data.Text("fence"));
                _settlings = entry.Data.ContainsKey("roles") ? _settlings.Add(JournalJson.Settling(entry, Opened)) : _settlings;
                break;
            case JournalKinds.Fingerprint:
                Fingerprint = (entry.Data["parts"] as JsonObject ?? []).ToDictionary(part => part.Key, part => part.Value!.GetValue<string>(), StringComparer.Ordinal);
                break;
            case JournalKinds.Locked:
                HasLocks = true;
                break;
            case JournalKinds.WouldCheck:
                _wouldCheck = _wouldCheck.Add($"{entry.Data.Text("what")} {entry.Data.Text("check")} {entry.Data.Text("with")}");
                break;
            case JournalKinds.Guardrail:
                _breaches = _breaches.Add(JournalJson.Gate(entry.Data));
                break;
            case JournalKinds.AbortAsked:
                AbortedWith = entry.Sequence;
                break;
            case JournalKinds.Stopped:
                StateReached = entry.Data;
                break;
            case JournalKinds.ResumeAsked or JournalKinds.GoesOn:
                WentOnAt = entry.At;
                break;
            case JournalKinds.Reported:
                ReportedBy = entry.Actor;
                break;
            case JournalKinds.DutiesClosed:
                BroughtHomeBy = (long?)entry.Data.Number("byRun");
                _held = [.. entry.Data.Texts("held")];
                _settledDuties = _settledDuties.Union(entry.Data.Texts("steps"));
                break;
            case JournalKinds.Measured:
                Measured = entry.Data;
                break;
            case JournalKinds.Closed:
                (Closed, ClosedAt) = (entry.Data, entry.At);
                break;
            default:
                if (entry.Step is { } step)
                {
                    Step(step).Apply(entry);
                }

                break;
        }
    }
}
