using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>
/// <c>postgres.restore</c>: restores the newest backup into a scratch place and starts a server of its own on it (7.4 c). Everything there is under this attempt's mark. The moment
/// the backup represents is its beginning; its age when the restore began is the loss that a recovery from backups alone would have had. Undo removes it and proves that.
/// </summary>
internal sealed class PostgresRestoreStep(RestoreHosts hosts, IExposures exposures, ProcessClock clock) : IReversibleStepKind
{
    /// <summary>A label tells whole seconds.</summary>
    private static readonly TimeSpan LabelPrecision = TimeSpan.FromSeconds(1);

    public StepKindShape Shape { get; } = new(
        "postgres.restore",
        StepEffect.Reversible,
        NeedsSite: false,
        "Restores the newest backup into a scratch place, held against its manifest, and starts a server of its own on it.",
        [
            new ParameterShape("place", ParameterType.RestorePlaceName, true, "Where it is restored."),
            new ParameterShape("recovery-point", ParameterType.RecoveryPointName, false, "The recovery point that tells how young the newest backup is: what is restored must be as young."),
            new ParameterShape("at-most", ParameterType.Duration, false, "How old the moment that the backup represents may be, for instance the RPO."),
        ],
        ["mark", "backup", "represents", "rpoSeconds", "restoreSeconds", "verified", "claimed"]);

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var place = RestoreHosts.PlaceOf(context);
        var intent = new JsonObject { ["place"] = place.Name, ["mark"] = context.Marker, ["asked"] = clock.Now.ToRfc3339() };
        if (context.Parameters.OptionalText("recovery-point") is not { } point)
        {
            return intent;
        }

        var definition = context.Estate.RecoveryPoints.FirstOrDefault(one => one.Name == point) ?? throw new StepFailedException($"the estate has no recovery point '{point}'");
        if (definition.Settings is not MomentSettings settings)
        {
            throw new StepFailedException($"the recovery point '{point}' compares logs and tells no moment of a backup");
        }

        var exposure = await exposures.ReadNowAsync(point, settings.Standby, cancellationToken).ConfigureAwait(false);
        intent["claimed"] = exposure.Represents?.ToRfc3339() ?? throw new StepFailedException($"the recovery point '{point}' tells of no backup now: {exposure.Reason}");
        return intent;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        context.Permit.Require();
        return await hosts.AskAsync(RestoreHosts.PlaceOf(context), "restore", intent.Text("mark"), cancellationToken).ConfigureAwait(false) switch
        {
            HostAnswer.Said said => Judge(context, intent, said.Facts) is StepOutcome.Failed unfit
                ? await RemovedAsync(context, intent, unfit, cancellationToken).ConfigureAwait(false)
                : Judge(context, intent, said.Facts),
            HostAnswer.No no => new StepOutcome.Failed(no.Why),
            HostAnswer.NotYet notYet => new StepOutcome.Failed(notYet.Why),
            var silent => new StepOutcome.Unknown(silent.Reason),
        };
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var answer = await hosts.AskAsync(RestoreHosts.PlaceOf(context), "status", intent.Text("mark"), cancellationToken).ConfigureAwait(false);
        if (answer is not HostAnswer.Said { Facts: var facts })
        {
            return new Observation(answer is HostAnswer.No ? ObservedAnswer.CannotTell : ObservedAnswer.StillMay, answer.Reason);
        }

        return facts.Flag("busy") ? new Observation(ObservedAnswer.StillMay, "somebody is at it there")
            : facts.Text("state") is not "restored" ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"it is {facts.Text("state")}, and nobody is at it")
            : Judge(context, intent, facts) is StepOutcome.Done done ? new Observation(ObservedAnswer.Happened, "it is restored", done.Outputs)

            // Asked again under the same mark, it says the same, and why it does not do.
            : new Observation(ObservedAnswer.CannotHappenAnyMore, "it is restored, but is not what was asked for");
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        RestoreRemoval.RunAsync(hosts, context, intent.Text("mark"), cancellationToken);

    public string Describe(PlanStep step, Estate estate) => $"restore the newest backup at {step.Parameters.Text("place")} and start a server of its own on it";

    /// <summary>What does not do is not left standing: a failed step has no effect.</summary>
    private async Task<StepOutcome> RemovedAsync(StepContext context, JsonObject intent, StepOutcome.Failed unfit, CancellationToken cancellationToken) =>
        await RestoreRemoval.RunAsync(hosts, context, intent.Text("mark"), cancellationToken).ConfigureAwait(false) switch
        {
            StepOutcome.Done => unfit,
            StepOutcome.Failed left => unfit with { Reason = $"{unfit.Reason}; {left.Reason}" },
            _ => unfit with { Reason = $"{unfit.Reason}; whether it is removed again is not known" },
        };

    private static StepOutcome Judge(StepContext context, JsonObject intent, JsonObject facts)
    {
        if (facts.Moment("represents") is not { } represents || intent.Moment("asked") is not { } asked)
        {
            return new StepOutcome.Failed("the host does not say of which moment the backup is");
        }

        var age = asked - represents;
        if (age < -LabelPrecision)
        {
            return new StepOutcome.Failed($"the backup {facts.Text("backup")} says it is of {represents.ToRfc3339()}, which is after {asked.ToRfc3339()}, when it was asked for: one of the clocks is wrong");
        }

        if (context.Parameters.Has("at-most") && context.Parameters.Duration("at-most", default) is var most && age > most)
        {
            return new StepOutcome.Failed(
                $"the newest backup {facts.Text("backup")} is of {represents.ToRfc3339()}: {Durations.Format(Whole(age))} would be lost, {Durations.Format(most)} is allowed");
        }

        return intent.Moment("claimed") is { } claimed && represents < claimed - LabelPrecision
            ? new StepOutcome.Failed($"the recovery point claims a backup of {claimed.ToRfc3339()}, the newest that can be restored, {facts.Text("backup")}, is of {represents.ToRfc3339()}")
            : new StepOutcome.Done(new JsonObject
            {
                ["mark"] = intent.Text("mark"),
                ["backup"] = facts.Text("backup"),
                ["represents"] = represents.ToRfc3339(),
                ["rpoSeconds"] = Math.Round(Math.Max(age.TotalSeconds, 0), 3).ToString(CultureInfo.InvariantCulture),
                ["restoreSeconds"] = facts.Text("seconds"),
                ["verified"] = facts.Flag("verified"),
                ["claimed"] = intent.OptionalText("claimed"),
                ["systemIdentifier"] = facts.Text("systemIdentifier"),
            });
    }

    private static TimeSpan Whole(TimeSpan age) => TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds));
}
