using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>recovery-point</c>: reads where the logs stand. <c>until: read</c> once; <c>received</c> until the standby has durably received position <c>at-least</c>;
/// <c>protected</c> until replication works and exposure is within <c>within</c>.
/// </summary>
internal sealed class RecoveryPointStep(IExposures exposures, IPositions positions, TimeProvider time) : IStepKind
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    public StepKindShape Shape { get; } = new(
        "recovery-point",
        StepEffect.None,
        NeedsSite: false,
        "Reads where the logs of two sites stand, and waits until they are as asked",
        [
            new ParameterShape("name", ParameterType.RecoveryPointName, Required: true, "The recovery point"),
            new ParameterShape("of", ParameterType.SiteName, Required: true, "The site that is read"),
            new ParameterShape("until", ParameterType.Text, Required: true, "What is waited for", ["read", "received", "protected"]),
            new ParameterShape("at-least", ParameterType.Integer, Required: false, "For received: the position that must be reached"),
            new ParameterShape("within", ParameterType.Duration, Required: false, "For protected: largest exposure; 5s by default"),
        ],
        ["epoch", "position", "received", "exposureSeconds"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new JsonObject { ["name"] = context.Parameters.Text("name"), ["of"] = context.Parameters.Text("of"), ["until"] = context.Parameters.Text("until") });

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (name, site, until) = (intent.Text("name"), intent.Text("of"), intent.Text("until"));
        var last = "nothing read yet";
        try
        {
            while (true)
            {
                try
                {
                    var (done, outputs) = await LookAsync(context, name, site, until, cancellationToken).ConfigureAwait(false);
                    if (done)
                    {
                        return new StepOutcome.Done(outputs);
                    }

                    last = outputs.ToJsonString();
                }
                catch (HttpRequestException unreadable)
                {
                    // A store that restarts, or is busy for a moment: the next look may be answered.
                    last = unreadable.Message;
                }

                await Task.Delay(Again, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return new StepOutcome.Failed($"recovery point '{name}' of {site} was not {until} in time; last reading: {last}");
        }
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "reading has no effect"));

    public string Describe(PlanStep step, Estate estate) => $"reads recovery point {step.Parameters.Text("name")} of {step.Parameters.Text("of")} until {step.Parameters.Text("until")}";

    private async Task<(bool Done, JsonObject Outputs)> LookAsync(StepContext context, string name, string site, string until, CancellationToken cancellationToken)
    {
        if (until is "protected")
        {
            var exposure = await exposures.ReadNowAsync(name, site, cancellationToken).ConfigureAwait(false);
            var enough = exposure.Replication is ReplicationState.Protected && exposure.Highest is { } highest && highest <= context.Parameters.Duration("within", TimeSpan.FromSeconds(5));
            return (enough, new JsonObject { ["exposureSeconds"] = exposure.Value?.TotalSeconds, ["replication"] = exposure.Replication.ToString(), ["reason"] = exposure.Reason });
        }

        var reading = await positions.ReadSiteAsync(name, site, cancellationToken).ConfigureAwait(false);
        var outputs = new JsonObject
        {
            ["epoch"] = reading.Epoch.ToString(CultureInfo.InvariantCulture),
            ["position"] = reading.Position.ToString(CultureInfo.InvariantCulture),
            ["received"] = reading.Received.ToString(CultureInfo.InvariantCulture),
            ["role"] = reading.Role,
        };
        return (until is "read" || reading.Received >= context.Parameters.Integer("at-least"), outputs);
    }
}
