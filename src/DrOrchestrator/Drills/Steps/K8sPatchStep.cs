using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary><c>k8s.patch</c>: merges fields into one object of any kind, custom ones too. Does not wait for what a controller makes of them; that is <c>k8s.wait</c>.</summary>
internal sealed partial class K8sPatchStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IStandingKind
{
    private const string Marks = "drorchestrator.io/";

    public StepKindShape Shape { get; } = new(
        "k8s.patch",
        StepEffect.Reversible,
        NeedsSite: true,
        "Merges fields into an object of any kind in a namespace (JSON merge patch: lists are replaced whole, null removes).",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("api", ParameterType.Text, true, "Its apiVersion: v1, apps/v1, postgresql.cnpg.io/v1."),
            new ParameterShape("resource", ParameterType.Text, true, "PLURAL/NAME, as its API serves it: configmaps/NAME, clusters/NAME."),
            new ParameterShape("patch", ParameterType.Object, true, "The fields as they are to be."),
        ],
        ["set"])
    {
        Judge = Problems,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Problems(context.Parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Parameter}: {problem.Found}; allowed: {problem.Allowed}");
        }

        var address = Address(context);
        var seen = await SiteCalls.ReadOrFailAsync(
            $"{address} at {context.Site()}",
            () => connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (Mark(seen, Annotations.Fence) == Annotations.FenceHeld)
        {
            throw new StepFailedException($"{address} at {context.Site()} is held by the fence {Mark(seen, Annotations.Marker)}; only k8s.unfence lifts it");
        }

        var patch = Patch(context);
        return new JsonObject
        {
            ["object"] = address.ToString(),
            ["uid"] = Meta(seen, "uid"),
            ["version"] = Version(seen),
            ["before"] = MergePatch.Values(seen, patch),
            ["patch"] = patch.DeepClone(),
        };
    }

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        RunAsync(context, intent, new Change(intent["patch"]!.AsObject(), EffectMark.Of(context), intent.Text("version"), null), cancellationToken);

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var address = Address(context);
        try
        {
            var seen = await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
            return Meta(seen, "uid") == intent.Text("uid") && Mark(seen, Annotations.Marker) == context.Marker
                ? new Observation(ObservedAnswer.Happened, $"{address} carries {context.Marker}", Outputs(seen, intent))
                : new Observation(ObservedAnswer.CannotHappenAnyMore, $"{address} does not carry {context.Marker}; a late request would meet the same resourceVersion");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"{address} cannot be read: {failure.Reason}");
        }
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) =>
        [new("site", context.Site(), context.Namespace(), TargetName(context.Parameters.Text("api"), context.Parameters.Text("resource")))];

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var address = Address(context);
        var (before, patch) = (intent["before"]!.AsObject(), intent["patch"]!.AsObject());
        try
        {
            // Only what was taken back contradicts: the server writes some values in another form than they were given in.
            var seen = await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
            return Meta(seen, "uid") != intent.Text("uid") ? $"{address} is another one by now"
                : !JsonNode.DeepEquals(before, patch) && JsonNode.DeepEquals(MergePatch.Values(seen, patch), before) ? $"{address} has again what it had before the patch"
                : null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        RunAsync(context, intent, new Change(intent["before"]!.AsObject(), EffectMark.OfUndo(context), null, outputs?["set"] ?? intent["patch"]!), cancellationToken);

    public string Describe(PlanStep step, Estate estate) =>
        $"patch {step.Parameters.Text("resource")} in {step.Parameters.Text("namespace")} at {step.Site} with {step.Parameters.Object("patch")?.ToJsonString()}";

    private async Task<StepOutcome> RunAsync(StepContext context, JsonObject intent, Change change, CancellationToken cancellationToken)
    {
        var address = Address(context);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        string? unclear = null;
        var mayStand = false;
        do
        {
            var sending = false;
            try
            {
                var client = connections.Of(context.Estate, context.Site());
                var seen = await client.ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
                if (Mark(seen, Annotations.Marker) == change.Mark.Marker)
                {
                    return new StepOutcome.Done(Outputs(seen, intent));
                }

                if (Against(address, seen, intent, change, context) is { } against)
                {
                    return against;
                }

                if (deadline.HasPassed)
                {
                    unclear ??= "its time was over before it could be sent";
                    break;
                }

                context.Permit.Require();
                sending = true;
                return new StepOutcome.Done(Outputs(await client.MergeObjectAsync(address, Body(seen, change), FieldOwners.Patch, cancellationToken).ConfigureAwait(false), intent));
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                if (failure.IsNotFound || (failure.IsFinal && !mayStand))
                {
                    return new StepOutcome.Failed($"{address} cannot be changed: {failure.Reason}");
                }

                unclear = failure.Reason;
                if (failure.IsFinal)
                {
                    // Refused now, but an earlier request got no answer and may have been carried out.
                    break;
                }

                mayStand |= sending && failure.IsPassing;
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Unknown($"whether {address} was changed is not known: {unclear}");
    }

    private static StepOutcome? Against(ObjectAddress address, JsonObject seen, JsonObject intent, Change change, StepContext context)
    {
        if (Meta(seen, "uid") != intent.Text("uid"))
        {
            return new StepOutcome.Failed($"{address} was replaced since it was prepared (uid {intent.Text("uid")} -> {Meta(seen, "uid")})");
        }

        if (Mark(seen, Annotations.Fence) == Annotations.FenceHeld)
        {
            return new StepOutcome.Failed($"{address} at {context.Site()} is held by the fence {Mark(seen, Annotations.Marker)}; only k8s.unfence lifts it");
        }

        if (change.Version is { } version)
        {
            return version == Version(seen) ? null : new StepOutcome.Failed($"{address} was changed since it was prepared ({version} -> {Version(seen)})");
        }

        return Mark(seen, Annotations.Marker) != context.Marker ? Left($"{address} was left as it is: it does not carry {context.Marker}, so what stands there is not of this step's doing")
            : !JsonNode.DeepEquals(MergePatch.Values(seen, intent["patch"]!.AsObject()), change.Over) ? Left($"{address} was left as it is: others have changed since what the step had set")
            : null;
    }

    private static StepOutcome.Done Left(string what) => new(new JsonObject { [Rollback.Left] = what });

    /// <summary>Change, mark and preconditions in one request.</summary>
    private static JsonObject Body(JsonObject seen, Change change)
    {
        var body = change.Patch.DeepClone().AsObject();
        var metadata = body["metadata"] as JsonObject ?? [];
        body["metadata"] = metadata;
        metadata["uid"] = Meta(seen, "uid");
        metadata["resourceVersion"] = Meta(seen, "resourceVersion");
        var annotations = metadata["annotations"] as JsonObject ?? [];
        metadata["annotations"] = annotations;
        foreach (var (name, value) in change.Mark.Annotations)
        {
            annotations[name] = value;
        }

        return body;
    }

    private static JsonObject Outputs(JsonObject seen, JsonObject intent) => new() { ["set"] = MergePatch.Values(seen, intent["patch"]!.AsObject()) };

    /// <summary>As the step meant it: its status moves while it is looked at, so the generation counts where the object has one.</summary>
    private static string Version(JsonObject seen) => Meta(seen, "generation") is { } generation ? $"generation {generation}, mark {Mark(seen, Annotations.Marker) ?? "none"}" : $"version {Meta(seen, "resourceVersion")}";

    private static string? Meta(JsonObject seen, string name) => seen["metadata"]?[name]?.ToString();

    private static string? Mark(JsonObject seen, string name) => seen["metadata"]?["annotations"]?[name]?.ToString();

    private static JsonObject Patch(StepContext context) => context.Parameters.Object("patch")!;

    private static ObjectAddress Address(StepContext context)
    {
        var parts = context.Parameters.Text("resource").Split('/');
        return new ObjectAddress(context.Parameters.Text("api"), parts[0], context.Namespace(), parts[^1]);
    }

    /// <summary>A workload is the same target to whoever scales it.</summary>
    private static string TargetName(string api, string resource) => (api, resource.Split('/')) switch
    {
        ("apps/v1", ["deployments", var name]) => $"deployment/{name}",
        ("apps/v1", ["statefulsets", var name]) => $"statefulset/{name}",
        _ => $"{resource} ({api})",
    };

    private static IEnumerable<ParameterProblem> Problems(StepParameters parameters)
    {
        if (!ObjectAddress.IsApiVersion(parameters.Text("api")))
        {
            yield return new ParameterProblem("api", $"'{parameters.Text("api")}' is no apiVersion", "v1 or GROUP/VERSION", "Write it as the manifest of the object does.");
        }

        var resource = parameters.Text("resource");
        if (!Resource().IsMatch(resource))
        {
            yield return new ParameterProblem("resource", $"'{resource}' is no resource", "PLURAL/NAME", "kubectl api-resources lists the plurals.");
        }
        else if (resource.StartsWith("secrets/", StringComparison.Ordinal))
        {
            yield return new ParameterProblem("resource", $"'{resource}' would come into the journal", "anything but secrets", "Let a k8s.job with rights of its own change it.");
        }

        foreach (var problem in parameters.Object("patch") is { Count: > 0 } patch ? PatchProblems(patch) : [new ParameterProblem("patch", "no fields", "a mapping with at least one field", "Write the fields as they are to be.")])
        {
            yield return problem;
        }
    }

    private static IEnumerable<ParameterProblem> PatchProblems(JsonObject patch)
    {
        var metadata = patch["metadata"] as JsonObject ?? [];
        if (patch.Any(entry => entry.Key is "apiVersion" or "kind" or "status") || (patch.ContainsKey("metadata") && (patch["metadata"] is not JsonObject || metadata.Any(entry => entry.Key is not ("labels" or "annotations") || entry.Value is not JsonObject))))
        {
            yield return new ParameterProblem("patch", "fields that are not the step's to set", "no apiVersion, kind and status; of metadata only mappings of labels and annotations", "Leave them out.");
        }

        if ((metadata["annotations"] as JsonObject)?.Any(entry => entry.Key.StartsWith(Marks, StringComparison.Ordinal)) is true)
        {
            yield return new ParameterProblem("patch", $"annotations of {Marks}", "any others", "They are the marks by which steps and fences know their objects.");
        }

        if (patch.ContainsKey("spec") && (patch["spec"] is not JsonObject spec || spec.ContainsKey("replicas")))
        {
            yield return new ParameterProblem("patch", "spec.replicas or the whole spec", "fields of spec, but replicas", "Use k8s.scale, which gates and fences know.");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9]*/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\$\{[^}]+\})$")]
    private static partial Regex Resource();

    /// <param name="Version">What must stand still; null for undo.</param>
    /// <param name="Over">For undo: what the step had set.</param>
    private sealed record Change(JsonObject Patch, EffectMark Mark, string? Version, JsonNode? Over);
}
