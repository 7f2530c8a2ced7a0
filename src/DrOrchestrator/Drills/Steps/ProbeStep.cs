using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>probe</c>: waits until the probes themselves say so. <c>until: down</c> is how an outage is detected: nothing announces it. <c>until: serving</c> asks for the
/// confirmed state of the time line and for looks on fresh connections of its own.
/// </summary>
internal sealed class ProbeStep(IServiceWatch watch, TimeProvider time) : IStepKind
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    public StepKindShape Shape { get; } = new(
        "probe",
        StepEffect.None,
        NeedsSite: false,
        "Waits until a probe has confirmed a state",
        [
            new ParameterShape("name", ParameterType.ProbeName, Required: true, "The probe"),
            new ParameterShape("until", ParameterType.Text, Required: true, "The state waited for", ["down", "serving"]),
            new ParameterShape("looks", ParameterType.Integer, Required: false, "For serving: good looks in a row on fresh connections; 2 by default"),
        ],
        ["at", "reason"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new JsonObject { ["probe"] = context.Parameters.Text("name"), ["until"] = context.Parameters.Text("until") });

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var probe = intent.Text("probe");
        try
        {
            // An outage that the probes confirmed at any time since the run was opened counts: the step may begin after it. A real run is opened because there is one: it counts as
            // it was confirmed before, and nobody waits while it is confirmed again.
            var state = intent.Text("until") is "down"
                ? await watch.WaitForAsync(probe, IntervalState.Down, context.Mode is RunMode.Real ? DateTimeOffset.MinValue : context.RunOpenedAt, cancellationToken).ConfigureAwait(false)
                : await ServingAsync(probe, context.Parameters.Has("looks") ? context.Parameters.Integer("looks") : 2, cancellationToken).ConfigureAwait(false);
            return new StepOutcome.Done(new JsonObject { ["at"] = (state.ConfirmedAt ?? state.Since.Latest).ToRfc3339(), ["reason"] = state.Reason });
        }
        catch (OperationCanceledException)
        {
            var newest = watch.Current(probe);
            return new StepOutcome.Failed($"probe '{probe}' did not become {intent.Text("until")} in time; it is {newest.State.ToString().ToLowerInvariant()}: {newest.Reason}");
        }
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "looking has no effect"));

    public string Describe(PlanStep step, Estate estate) => $"waits until probe {step.Parameters.Text("name")} confirms {step.Parameters.Text("until")}";

    private async Task<ServiceState> ServingAsync(string probe, long looks, CancellationToken cancellationToken)
    {
        for (var good = 0L; good < looks;)
        {
            good = (await watch.LookNowAsync(probe, cancellationToken).ConfigureAwait(false)).Outcome is ProbeOutcome.Up ? good + 1 : 0;
            if (good == 0)
            {
                await Task.Delay(BetweenLooks, time, cancellationToken).ConfigureAwait(false);
            }
        }

        return await watch.WaitForAsync(probe, IntervalState.Up, DateTimeOffset.MinValue, cancellationToken).ConfigureAwait(false);
    }
}
