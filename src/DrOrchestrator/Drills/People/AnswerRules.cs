using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.People;

/// <summary>What a person says to a question.</summary>
/// <param name="Note">The reason, or what a question asks to be told with the word.</param>
/// <param name="HasAttachment">A file comes with it.</param>
public sealed record SpokenAnswer(bool Confirmed, string? Note, bool HasAttachment = false);

/// <summary>
/// Who may answer what, and what their answers add up to. Pure. Nobody approves a run they asked for or wrote, admins included; one person counts once, whatever roles and tokens
/// they have.
/// </summary>
public static class AnswerRules
{
    /// <summary>Kinds by which a second person decides, whatever the role: to approve, to override, to say what nobody could see.</summary>
    private static readonly string[] Deciding = ["approval", "step-approval", "step-observation", .. Overrides.Kinds];

    /// <summary>Null when the answer may be taken; otherwise why not.</summary>
    /// <param name="estate">The one in force; without one nobody's word is bound to another's.</param>
    public static AnswerResult? Judge(DrillRun run, string item, Person person, DateTimeOffset now, Estate? estate = null)
    {
        if (run.Closed is not null || run.QuestionOf(item) is not { } question)
        {
            return new AnswerResult(false, "no-such-item", $"Run {run.Run} asks nothing called '{item}'{(run.Closed is null ? "" : "; it is closed")}.");
        }

        if (GateOverrides.Later(run, question) is { } later)
        {
            return new AnswerResult(false, "no-such-item", $"'{item}' was about an earlier reading; '{later.Item}' asks about what is found now.");
        }

        var rules = new Rules(run, question, estate ?? Estate.None);
        if (run.Settled(question) is not null || run.AnswersTo(item).Any(answer => rules.Same(answer.Person, person.Id)))
        {
            return new AnswerResult(false, "already-answered", $"'{item}' has been answered; an answer stands.");
        }

        if (question.Deadline is { } deadline && now >= deadline)
        {
            return new AnswerResult(false, "too-late", $"'{item}' could be answered until {deadline:u}.");
        }

        return rules.HasRole(person) ? rules.OwnRun(person) ?? rules.OwnHand(person) ?? rules.OwnStep(person) ?? rules.OneHand(person)
            : new AnswerResult(
                false,
                "role-missing",
                rules.HasRoleElsewhere(person)
                    ? $"'{item}' is for {question.Role}; {person.Id} has that role, but not in a run of mode {rules.Mode}."
                    : $"'{item}' is for {question.Role}; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.");
    }

    /// <summary>Null when what is said is enough; a refusal and an override need their reason, some tasks their attachment.</summary>
    public static AnswerResult? JudgeWords(Question question, SpokenAnswer spoken)
    {
        if ((!spoken.Confirmed || Overrides.Kinds.Contains(question.Kind)) && string.IsNullOrWhiteSpace(spoken.Note))
        {
            return new AnswerResult(
                false, "reason-missing", spoken.Confirmed ? $"'{question.Item}' is an override: say why, it goes on record." : $"'{question.Item}' is refused with a reason only: say why, it goes on record.");
        }

        return spoken is { Confirmed: true, HasAttachment: false } && question.Attachment == Question.AttachmentRequired
            ? new AnswerResult(false, "attachment-missing", $"'{question.Item}' is confirmed with an attachment only: {question.Text}")
            : null;
    }

    /// <summary>
    /// Whether a confirmation by this person settles the question: together with those given before by others who may still give them now. Whoever has lost the role meanwhile
    /// counts no more.
    /// </summary>
    public static bool Settles(DrillRun run, Question question, Person person, Estate estate)
    {
        var rules = new Rules(run, question, estate);
        return rules.Counting().Append(rules.Principal(person.Id)).Distinct(StringComparer.Ordinal).Count() >= question.Quorum;
    }

    /// <summary>Where one person had a hand in the token of this one, and of another whose word theirs would stand beside; null where nobody had.</summary>
    internal static SharedHands? Shared(DrillRun run, Question question, Person person, Estate estate) => new Rules(run, question, estate).Shared(person);

    /// <summary>Who has confirmed an open question and still may: those count towards its quorum.</summary>
    public static IReadOnlyList<string> Counting(DrillRun run, Question question, Estate estate) => [.. new Rules(run, question, estate).Counting()];

    /// <summary>The rules for one question of one run.</summary>
    private sealed class Rules(DrillRun run, Question question, Estate estate)
    {
        public string Mode { get; } = run.Opened.Text("mode");

        public string Principal(string id) => estate.PrincipalOf(id);

        public bool Same(string one, string other) => Hands.Same(one, other, estate);

        public bool HasRole(Person person) => person.Roles.Any(role => IsAsked(role) && person.Has(role, Mode));

        public bool HasRoleElsewhere(Person person) => person.Roles.Any(IsAsked);

        public IEnumerable<string> Counting() =>
            run.AnswersTo(question.Item).Where(answer => answer.Confirmed && StillMay(answer.Person)).Select(answer => Principal(answer.Person)).Distinct(StringComparer.Ordinal);

        /// <summary>What a second person is there for: to approve, to verify for the business, to say what nobody could see.</summary>
        public AnswerResult? OwnRun(Person person)
        {
            if (!Decides())
            {
                return null;
            }

            if (Hands.Owns(run, person.Id, estate))
            {
                return new AnswerResult(false, "own-run", $"{person.Id} asked for this run or wrote its plan; somebody else must approve it.");
            }

            return Hands.NotSecondTo(run, person, estate) ?? Unknown();
        }

        /// <summary>Where several must confirm, nobody does it twice by a token that he made for another.</summary>
        public AnswerResult? OwnHand(Person person) =>
            question.Quorum > 1 ? Hands.NotSecondTo(Confirmed(), person, estate) : null;

        /// <summary>A third person had a hand in the tokens of both: for a review, or, where the estate says so, not to be taken.</summary>
        public AnswerResult? OneHand(Person person) => estate.RequiresIndependentTokens && Shared(person) is { } shared ? shared.Refusal(question.Item) : null;

        /// <summary>Beside those to whom this person is a second one.</summary>
        public SharedHands? Shared(Person person)
        {
            var beside = new List<TokenWord>();
            if (Decides() && Hands.Asking(run) is { } asking)
            {
                beside.Add(asking);
            }

            beside.AddRange((question.Quorum > 1 ? Confirmed() : []).Concat(question.Kind == StepChecks.Kind ? Doers() : []).Select(answer => new TokenWord(answer.Person, answer.TokenMakers)));
            return SharedHands.Of(beside, person, estate);
        }

        /// <summary>A step is checked by somebody who had no part in it.</summary>
        public AnswerResult? OwnStep(Person person) =>
            question.Kind != StepChecks.Kind ? null
            : Hands.Gone(Doers().Select(doer => doer.Person), estate) is { } gone ? new AnswerResult(false, "own-step", $"The estate has no {gone} any more, who did or confirmed step '{question.Step}'; nobody can tell that somebody else checks it. Put that id back, or say whose it was (formerly).")
            : Doers().Any(doer => Same(doer.Person, person.Id)) ? new AnswerResult(false, "own-step", $"{person.Id} did or confirmed step '{question.Step}'; somebody else must check it.")
            : Hands.NotSecondTo(Doers(), person, estate);

        private bool Decides() =>
            Deciding.Contains(question.Kind) || question.Role == Roles.Word(PersonRole.BusinessVerifier) || (question.Kind == TabletopStep.Word && question.Role == Roles.Word(PersonRole.Approver)) || (question.Kind == StepChecks.Kind && !HandsOfOthers());

        private IEnumerable<GivenAnswer> Confirmed() => run.AnswersTo(question.Item).Where(answer => answer.Confirmed);

        private bool IsAsked(PersonRole role) =>
            Roles.Word(role) == question.Role || (role is PersonRole.Admin && question.Kind == Overrides.BreakGlass);

        /// <summary>Where people did the step, the one who asked for the run is a second person to them, unless the role is there to decide.</summary>
        private bool HandsOfOthers() => question.Role is "operator" or "viewer" && Doers().Any();

        private IEnumerable<GivenAnswer> Doers()
        {
            var items = run.Questions.Where(other => other.Step is not null && other.Step == question.Step && other.Kind != StepChecks.Kind).Select(other => other.Item).ToHashSet(StringComparer.Ordinal);
            return run.Answers.Where(answer => answer.Confirmed && items.Contains(answer.Item));
        }

        /// <summary>Whoever asked may stand in the estate under another id by now, and be the one who answers.</summary>
        private AnswerResult? Unknown() => run.Opened.OptionalText("requesterIs") is { } asked && Hands.Gone([asked], estate) is not null
            ? new AnswerResult(false, "own-run", $"The estate has no {asked} any more, who asked for this run; nobody can tell that somebody else approves it. Put that id back, or abort the run and ask for it again.")
            : null;

        private bool StillMay(string id) =>
            id == Person.LocalOperatorId ? question.Role is "operator" or "viewer" : estate.FindPerson(Principal(id)) is { } person && HasRole(person);
    }
}
