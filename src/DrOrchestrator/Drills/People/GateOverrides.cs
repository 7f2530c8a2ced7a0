using System.Globalization;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// In a real incident a gate warns: whoever may approve, and did not ask for the run, may set it aside, check by check, with a reason that goes on record; refused, the run ends
/// before its first effect. The word covers what was found when it was asked for, and what is not far worse: who accepts the loss of three seconds has not accepted four hours.
/// </summary>
internal static class GateOverrides
{
    /// <summary>The kind of its questions.</summary>
    public const string Kind = "gate-override";

    /// <summary>A value that creeps is asked for anew at twice what was accepted.</summary>
    private const double Margin = 2;

    /// <summary>Asks for each gate of the round that does not pass and is not set aside.</summary>
    public static async Task<StageResult> AskAsync(RunSession run, CancellationToken cancellationToken)
    {
        StageResult worst = StageResult.Passed;
        foreach (var gate in run.State.Gates.Where(gate => !gate.Passed))
        {
            // A reading that the newest question about the check does not cover is another question.
            var item = Newest(run.State, gate.Check) is { } asked && Covers(asked, gate)
                ? asked.Item
                : FormattableString.Invariant($"{Kind}:{run.State.Questions.Count(question => question.Kind == Kind) + 1}");
            var text = $"Gate '{gate.Check}' does not pass: found {gate.Value}, asked {gate.Limit} (source {gate.Source}). {gate.Remedy} Confirm with a reason to go on all the same; refuse to end the run before its first effect.";
            var answer = await Questions.AskAsync(run, new QuestionDraft(Kind, item, null, "approver", 1, text, null) { Subject = gate.Check, Found = gate.Value }, cancellationToken).ConfigureAwait(false);
            worst = answer is StageResult.Failed || worst is StageResult.Done ? answer : worst;
        }

        return worst;
    }

    /// <summary>Whether people have set this result aside. Pure.</summary>
    public static bool IsSetAside(DrillRun run, GateResult result) =>
        Newest(run, result.Check) is { } asked && run.Settled(asked) is true && Covers(asked, result);

    /// <summary>The question that was asked later about the same check; null where this one is the newest. Pure.</summary>
    public static Question? Later(DrillRun run, Question question) =>
        question.Kind == Kind && question.Subject is { } check && Newest(run, check) is { } last && last.Item != question.Item ? last : null;

    private static Question? Newest(DrillRun run, string check) => run.Questions.LastOrDefault(question => question.Kind == Kind && question.Subject == check);

    /// <summary>What is no measure is covered by the same words alone; a question of before its value was kept covers what it is about, as it did then.</summary>
    private static bool Covers(Question asked, GateResult gate)
    {
        if (asked.Found is not { } then || then == gate.Value)
        {
            return true;
        }

        return Measure(then) is var (was, unit) && Measure(gate.Value) is var (now, sameUnit) && unit == sameUnit && now <= was * Margin;
    }

    /// <summary>A duration in seconds, or a number with its unit; null for anything else.</summary>
    private static (double Value, string Unit)? Measure(string text)
    {
        if (Durations.TryParse(text.Replace(" ", "", StringComparison.Ordinal), out var duration))
        {
            return (duration.TotalSeconds, "duration");
        }

        var digits = text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.').Count();
        return double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? (number, text[digits..].Trim()) : null;
    }
}
