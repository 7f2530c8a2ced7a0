using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Duties;

/// <summary>What a step of a closed run has left to do, as the closing record has it.</summary>
/// <param name="Step">The name under which it is closed: the step; of a duty taken over from an earlier run, <c>RUN/STEP</c>.</param>
/// <param name="Subject">As <see cref="StepDuty.Subject"/>.</param>
/// <param name="Text">As <see cref="StepDuty.Text"/>.</param>
/// <param name="Holds">As <see cref="StepDuty.Holds"/>; false on records of before that was kept.</param>
/// <param name="Of">The earlier run whose step has left it, where this run took it over: it is closed there. Null for a duty of the run's own.</param>
internal sealed record LeftDuty(string Step, string Subject, string Text, bool Holds, (long Run, string Step)? Of = null)
{
    /// <summary>The same duty on the record of a later run, which brought the system home without doing it.</summary>
    /// <param name="from">The run on whose record this one stands.</param>
    public LeftDuty TakenOver(long from)
    {
        var of = Of ?? (from, Step);
        return this with { Step = NameOf(of.Item1, of.Item2), Of = of };
    }

    /// <summary>The name under which a duty taken over stands; no step can be called so.</summary>
    public static string NameOf(long run, string step) => FormattableString.Invariant($"{run}/{step}");

    /// <summary>As it stands in a closing line.</summary>
    public JsonObject ToJson()
    {
        var duty = new JsonObject { ["step"] = Step, ["subject"] = Subject, ["text"] = Text, ["holds"] = Holds };
        if (Of is var (run, step))
        {
            (duty["ofRun"], duty["ofStep"]) = (run, step);
        }

        return duty;
    }

    /// <summary>And back.</summary>
    public static LeftDuty Read(JsonObject duty) => new(
        duty.Text("step"), duty.Text("subject"), duty.Text("text"), duty.Flag("holds"), (long?)duty.Number("ofRun") is { } run ? (run, duty.Text("ofStep")) : null);
}
