using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>canary</c>: numbered markers through the system's own write path. <c>start</c> writes until <c>stop</c>, over restarts of this process; <c>count</c> reads the
/// survivors at the new side and counts what was acknowledged and is absent.
/// </summary>
internal sealed class CanaryStep(ICanaries canaries) : IReversibleStepKind
{
    public StepKindShape Shape { get; } = new(
        Word,
        StepEffect.Reversible,
        NeedsSite: false,
        "Writes numbered markers through the system's own write path, and counts the survivors",
        [
            new ParameterShape("action", ParameterType.Text, Required: true, "What to do", ["start", "stop", "count"]),
            new ParameterShape("leg", ParameterType.Text, Required: true, "Name of this series of markers within the run"),
            new ParameterShape("endpoint", ParameterType.EndpointName, Required: false, "Where markers are written (start) or read (count)"),
            new ParameterShape("path", ParameterType.Text, Required: false, "Path at the endpoint"),
            new ParameterShape("per-second", ParameterType.Integer, Required: false, "Markers a second, 1 to 1000; 50 by default"),
        ],
        ["sent", "acknowledged", "inDoubt", "refused", "lost", "lostSeconds", "longestGapSeconds"]);

    /// <summary>As plans and journals call it.</summary>
    internal const string Word = "canary";

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var action = context.Parameters.Text("action");
        var intent = new JsonObject { ["action"] = action, ["leg"] = context.Parameters.Text("leg"), ["idPrefix"] = $"{context.RunMark}-{context.Parameters.Text("leg")}-" };
        if (action is not "stop")
        {
            var endpoint = context.Parameters.OptionalText("endpoint") ?? throw new StepFailedException($"a canary that is to {action} needs 'endpoint'");
            intent["url"] = new Uri(context.Estate.FindEndpoint(endpoint)!.Url, context.Parameters.OptionalText("path") ?? "/").ToString();
            intent["perSecond"] = context.Parameters.Has("per-second") ? context.Parameters.Integer("per-second") : 50;
        }

        return Task.FromResult(intent);
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var leg = intent.Text("leg");
        switch (intent.Text("action"))
        {
            case "start":
                context.Permit.Require();
                await canaries.StartAsync(LegOf(context.Run, intent), cancellationToken).ConfigureAwait(false);
                return new StepOutcome.Done([]);
            case "stop":
                await canaries.StopAsync(context.Run, leg, cancellationToken).ConfigureAwait(false);
                return canaries.FailureOf(context.Run, leg) is { } ended
                    ? new StepOutcome.Failed($"the canary '{leg}' ended by itself, so that nothing can be said of what was written after it: {ended}")
                    : new StepOutcome.Done([]);
            default:
                var (count, survivors) = await canaries.CountAsync(context.Run, leg, intent.Text("idPrefix"), new Uri(intent.Text("url")), cancellationToken).ConfigureAwait(false);
                var markers = await canaries.ReadAsync(context.Run, leg, cancellationToken).ConfigureAwait(false);
                return new StepOutcome.Done(
                    new JsonObject
                    {
                        ["leg"] = leg,
                        ["sent"] = count.Sent,
                        ["acknowledged"] = count.Acknowledged,
                        ["inDoubt"] = count.InDoubt,
                        ["refused"] = count.Refused,
                        ["lost"] = count.Lost,
                        ["lostSeconds"] = count.LostSeconds,
                        ["inDoubtSurvivors"] = count.InDoubtSurvivors,
                        ["longestGapSeconds"] = Math.Round(CanaryCounter.LongestGapSeconds(markers), 3),
                    },
                    [
                        new RawOutput($"survivors-{leg}.json", "application/json", survivors),
                        Markers(leg, markers),
                    ]);
        }
    }

    /// <summary>All three are idempotent within this process, and a leg that was not stopped goes on with its numbering.</summary>
    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "a canary ends with its process and is started again under the same numbering"));

    public bool Undoes(PlanStep step) => step.Parameters.Text("action") is "start";

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        await canaries.StopAsync(context.Run, intent.Text("leg"), cancellationToken).ConfigureAwait(false);
        return new StepOutcome.Done([]);
    }

    public string Describe(PlanStep step, Estate estate) => $"canary '{step.Parameters.Text("leg")}': {step.Parameters.Text("action")}";

    /// <summary>The leg that an intent of <c>start</c> describes.</summary>
    internal static CanaryLeg LegOf(long run, JsonObject intent) => new(run, intent.Text("leg"), intent.Text("idPrefix"), new Uri(intent.Text("url")), (int)(intent.Number("perSecond") ?? 50));

    private static RawOutput Markers(string leg, IReadOnlyList<Marker> markers)
    {
        var lines = new System.Text.StringBuilder("number,sentAt,answeredAt,fate,position\n");
        foreach (var marker in markers)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{marker.Number},{marker.SentAt:O},{marker.AnsweredAt:O},{marker.Fate},{marker.Position}\n");
        }

        return new RawOutput($"markers-{leg}.csv", "text/csv", System.Text.Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
