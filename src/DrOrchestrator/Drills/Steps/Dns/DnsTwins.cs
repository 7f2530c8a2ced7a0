using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>
/// Requests of the run to which no answer came, and which their server may still read. Beside the same request sent once more only one of the two can act; but once the records
/// are again what they were before, the condition of the late one holds again, and it would move the name behind everybody's back. So whatever sets them waits until the
/// signature of the late one is too old. Pure.
/// </summary>
internal static class DnsTwins
{
    /// <summary>How long a request may act after it was signed: the server's clock may be behind by as much as a signature is good for.</summary>
    public static readonly TimeSpan ActFor = TimeSpan.FromSeconds(2 * DnsSignature.Fudge);

    private static readonly string[] Target = ["server", "zone", "name", "type"];

    /// <summary>Until when a request of the step itself may still act; null where none can.</summary>
    public static DateTimeOffset? OfItself(StepContext context) => context.Steps.UnansweredAt(context.Step.Name) + ActFor;

    /// <summary>Until when a request of another step of the run may still change the records that <paramref name="target"/> names; null where none can.</summary>
    public static DateTimeOffset? OfOthers(StepContext context, JsonObject target) =>
        context.Plan.AllSteps.Select(step => step.Name)
            .Where(name => name != context.Step.Name && context.Steps.IntentOf(name) is { } intent && IsSame(intent, target))
            .Max(context.Steps.UnansweredAt) + ActFor;

    private static bool IsSame(JsonObject intent, JsonObject target) => Target.All(key => intent.OptionalText(key) is { } text && text == target.OptionalText(key));
}
