using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.People;

/// <summary>A question on its way to people.</summary>
/// <param name="Kind"><c>approval</c>, <c>task</c>, <c>step-approval</c>, <c>check</c>, <c>break-glass</c>, <c>retry</c>, ...</param>
/// <param name="Item">Its name, see <see cref="Questions.Item"/>.</param>
/// <param name="Step">The step it is about, or null.</param>
/// <param name="Role">Role word of who may answer.</param>
/// <param name="Quorum">How many different people.</param>
/// <param name="Within">The time until its deadline, counted from now; null for none. It fails closed.</param>
internal sealed record QuestionDraft(string Kind, string Item, string? Step, string Role, int Quorum, string Text, TimeSpan? Within)
{
    /// <summary>Steps that cannot be taken back and that the answer covers.</summary>
    public IReadOnlyList<string> PointsOfNoReturn { get; init; } = [];

    /// <summary>Who is waited for: id of a person, or a department; null for anybody with the role.</summary>
    public string? Owner { get; init; }

    /// <summary>The time until it is overdue, counted from now: it shows then, and goes on to wait until its deadline.</summary>
    public TimeSpan? Due { get; init; }

    /// <summary>As <see cref="Question.Subject"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>As <see cref="Question.Found"/>.</summary>
    public string? Found { get; init; }

    /// <summary><see cref="Question.AttachmentRequired"/>, <see cref="Question.AttachmentOptional"/>, or null.</summary>
    public string? Attachment { get; init; }
}
