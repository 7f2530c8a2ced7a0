using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using static DrOrchestrator.Drills.Steps.Objects.SeenMarks;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>
/// <c>k8s.apply</c>: applies the objects of a file of manifests, in their order, by server-side apply. What it does to each is what the server's own dry run says before. Does not wait for what a
/// controller makes of them; that is <c>k8s.rollout</c> and <c>k8s.wait</c>.
/// </summary>
internal sealed class K8sApplyStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IStandingKind, ITriedKind
{
    /// <summary>How long an API server works on a request at most (its <c>--request-timeout</c>, by default a minute).</summary>
    private static readonly TimeSpan LateFor = TimeSpan.FromMinutes(1);

    public StepKindShape Shape { get; } = new(
        "k8s.apply",
        StepEffect.Reversible,
        NeedsSite: true,
        "Applies the objects of a file of manifests beside the plan in a namespace, in their order, by server-side apply.",
        [
            SiteCalls.NamespaceParameter,
            new("manifest", ParameterType.ManifestFile, true, "A *.yaml file in the plan's folder or below it, with the objects as its documents; kept and approved with the plan."),
            new("force", ParameterType.Boolean, false, "Takes fields over that other managers hold."),
        ],
        ["objects"])
    {
        JudgeManifest = ManifestRules.Judge,
    };

    public TimeSpan? ActsLateFor => LateFor;

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var manifest = MeantObject.ManifestOf(context);
        var work = Work(context);
        var earlier = Earlier(context, manifest);
        var objects = new JsonArray();
        foreach (var document in manifest.Documents)
        {
            var meant = await work.MeanAsync(document, earlier.FirstOrDefault(one => one.Document.Number == document.Number), cancellationToken).ConfigureAwait(false);
            objects.Add(meant.ToJson());
        }

        return new JsonObject { ["namespace"] = context.Namespace(), ["file"] = manifest.File, ["sha256"] = manifest.Hash, ["objects"] = objects };
    }

    /// <summary>The last document begins before the time of all is over, and has its own.</summary>
    public TimeSpan LongestTry => PlanTrial.LongestOfMany + PlanTrial.Longest;

    /// <summary>Each document by itself, in a time of its own: what one of them is refused for, or takes, says nothing of the others.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (work, tried, all) = (Work(context), new List<TriedObject>(), new StepDeadline(time, PlanTrial.LongestOfMany));
        foreach (var document in MeantObject.ManifestOf(context).Documents)
        {
            var (name, target) = ($"{ManifestRules.GuessedPlural(document.Kind)}/{document.Name}", TargetOf(context, document));
            if (all.HasPassed)
            {
                tried.Add(PlanTrial.NotAsked(name));
                continue;
            }

            var looked = await BoundedLook.TakeAsync(token => work.MeanAsync(document, null, token), PlanTrial.Longest, time, CancellationToken.None, cancellationToken).ConfigureAwait(false);
            var one = looked.Value is not { } meant ? PlanTrial.Failed(name, looked.Failed!, looked.TimedOut, cancellationToken)
                : meant.IsMade ? new TriedObject(meant.Address.ToString(), TriedAnswer.Made, [])
                : FieldChanges.Tried(meant.Address, meant.Changes);
            tried.Add(one with { Target = target });
        }

        return tried;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (work, deadline, outputs, applied) = (Work(context), new StepDeadline(time, context.Step.Timeout), new JsonObject(), new List<ObjectAddress>());
        foreach (var one in MeantObject.Of(context, intent))
        {
            var outcome = await work.ApplyAsync(one, deadline, cancellationToken).ConfigureAwait(false);
            switch (outcome)
            {
                case StepOutcome.Done done:
                    outputs[one.Key] = done.Outputs.DeepClone();
                    applied.Add(one.Address);
                    break;
                case StepOutcome.Failed failed:
                    return failed with { Reason = Of(one, failed.Reason, applied) };
                case StepOutcome.Unknown unknown:
                    return unknown with { Reason = Of(one, unknown.Reason, applied) };
                default:
                    return outcome;
            }
        }

        var all = new JsonObject { ["objects"] = outputs };
        if (work.UnansweredAt is { } at)
        {
            all["unansweredAt"] = at.ToString("O", CultureInfo.InvariantCulture);
        }

        return new StepOutcome.Done(all);
    }

    /// <summary>Documents that carry the mark are behind; the same intent goes on with the others, each of which a late request would meet as it was seen, or marked.</summary>
    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (work, outputs, open) = (Work(context), new JsonObject(), new List<string>());
        try
        {
            var meant = MeantObject.Of(context, intent);
            foreach (var one in meant)
            {
                if (await work.FindAsync(one, cancellationToken).ConfigureAwait(false) is { } seen && work.IsApplied(one, seen))
                {
                    outputs[one.Key] = ManifestApply.Outputs(one, seen);
                }
                else
                {
                    open.Add(one.ToString());
                }
            }

            return open.Count == 0
                ? new Observation(ObservedAnswer.Happened, $"all {meant.Count} documents carry {context.Marker}", new JsonObject { ["objects"] = outputs })
                : new Observation(ObservedAnswer.CannotHappenAnyMore, $"{outputs.Count} of {meant.Count} documents carry {context.Marker}; not applied: {string.Join(", ", open)}; asked again, it goes on with these", OnlyByRepeating: true);
        }
        catch (StepFailedException other)
        {
            return new Observation(ObservedAnswer.CannotTell, other.Message);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"the objects in {context.Namespace()} cannot be read: {failure.Reason}");
        }
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [.. MeantObject.ManifestOf(context).Documents.Select(document => TargetOf(context, document))];

    private static StepTarget TargetOf(StepContext context, ManifestDocument document) => new("site", context.Site(), context.Namespace(), ManifestRules.TargetName(document));

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var work = Work(context);
        try
        {
            // Only what was taken back contradicts: controllers may have gone on from what was set.
            foreach (var one in MeantObject.Of(context, intent))
            {
                var seen = await work.FindAsync(one, cancellationToken).ConfigureAwait(false);
                if (seen is null || (one.Uid is { } uid && Meta(seen, "uid") != uid))
                {
                    return seen is null ? $"{one.Address} is gone" : $"{one.Address} is another one by now";
                }

                if (one.Changes.Count > 0 && FieldChanges.FirstOther(seen, one.Changes, change => change.Before) is null)
                {
                    return $"{one.Address} has again what it had before it was applied";
                }
            }

            return null;
        }
        catch (Exception e) when (e is StepFailedException || ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    /// <summary>
    /// A request that makes an object has nothing of it to name: one to which no answer came makes it again once it was removed, as long as its server, or whatever stands before it, still holds it.
    /// </summary>
    public DateTimeOffset? MayUndo(StepContext context, JsonObject intent) =>
        intent["objects"]!.AsArray().Any(one => one!["made"]!.GetValue<bool>())
            ? ((DateTimeOffset?[])[context.Steps.UnansweredAt(context.Step.Name), context.Steps.OutputsOf(context.Step.Name) is { } done && done["unansweredAt"] is not null ? done.Moment("unansweredAt") : null]).Max() + LateFor
            : null;

    /// <summary>In reverse order: what stands on another object goes before it.</summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var (work, deadline, left) = (Work(context), new StepDeadline(time, context.Step.Timeout), new List<string>());
        foreach (var one in MeantObject.Of(context, intent).Reverse())
        {
            var outcome = await work.TakeBackAsync(one, outputs?["objects"]?[one.Key] as JsonObject, deadline, cancellationToken).ConfigureAwait(false);
            if (outcome is not StepOutcome.Done done)
            {
                return outcome;
            }

            left.AddRange(done.Outputs.OptionalText(Rollback.Left) is { } words ? [words] : []);
        }

        return new StepOutcome.Done(left.Count > 0 ? new JsonObject { [Rollback.Left] = string.Join("; ", left) } : []);
    }

    public string Describe(PlanStep step, Estate estate) => $"apply {step.Parameters.Text("manifest")} in {step.Parameters.Text("namespace")} at {step.Site}";

    /// <summary>What was applied before it stays until the step is taken back.</summary>
    private static string Of(MeantObject one, string reason, IReadOnlyList<ObjectAddress> applied) => applied.Count == 0
        ? $"document {one.Document.Number}: {reason}"
        : $"document {one.Document.Number}: {reason} (applied before it: {string.Join(", ", applied)})";

    /// <summary>What the attempt before meant, where it was the same manifests: parts of it may stand, and what was there before them is known to that intent alone.</summary>
    private static IReadOnlyList<MeantObject> Earlier(StepContext context, Manifest manifest) =>
        context.Attempt > 1 && context.Steps.IntentOf(context.Step.Name) is { } intent && intent.OptionalText("sha256") == manifest.Hash && intent.Text("namespace") == context.Namespace() ? MeantObject.Of(context, intent) : [];

    private ManifestApply Work(StepContext context) => new(context, () => connections.Of(context.Estate, context.Site()), time);
}
