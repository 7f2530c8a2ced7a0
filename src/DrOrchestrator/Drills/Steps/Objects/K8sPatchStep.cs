using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using static DrOrchestrator.Drills.Steps.Objects.SeenMarks;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>
/// <c>k8s.patch</c>: changes fields of one object of any kind, custom ones too. What it changes is what the server's own dry run says, and exactly that is put back. Does not wait for what
/// a controller makes of it; that is <c>k8s.wait</c>.
/// </summary>
internal sealed class K8sPatchStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IStandingKind, ITriedKind
{
    /// <summary>So the API server's warning begins where a patch names a field that its schema does not have (fieldValidation=Warn, its default): it takes the patch without it.</summary>
    private const string UnknownField = "unknown field";

    public StepKindShape Shape { get; } = new(
        "k8s.patch",
        StepEffect.Reversible,
        NeedsSite: true,
        "Changes fields of an object of any kind in a namespace: by JSON merge patch, JSON patch, strategic merge patch or server-side apply.",
        PatchSettings.Shapes,
        ["set"])
    {
        Judge = PatchSettings.Judge,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (PatchSettings.Judge(context.Parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Parameter}: {problem.Found}; allowed: {problem.Allowed}");
        }

        var address = Address(context);
        var client = connections.Of(context.Estate, context.Site());
        var (seen, would) = await LookAsync(client, context, address, cancellationToken).ConfigureAwait(false);
        var changes = FieldChanges.Between(seen, would);
        if (changes.SelectMany(change => SecretFields.In(change.Before, change.Path).Concat(SecretFields.In(change.After, change.Path))).FirstOrDefault() is { } secret)
        {
            throw Touches(address, secret);
        }

        return new JsonObject
        {
            ["object"] = address.ToString(),
            ["uid"] = Meta(seen, "uid"),
            ["version"] = Version(seen),
            ["markBefore"] = Mark(seen, Annotations.Marker) ?? "",
            ["changes"] = FieldChanges.ToJson(changes),
            ["patch"] = context.Parameters.Values["patch"]!.DeepClone(),
        };
    }

    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken) =>
        [FieldChanges.Tried(Address(context), FieldChanges.FromJson((await PrepareAsync(context, cancellationToken).ConfigureAwait(false))["changes"]))];

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (type, mark, changes) = (PatchSettings.TypeOf(context.Parameters), EffectMark.Of(context), FieldChanges.FromJson(intent["changes"]));
        return RunAsync(context, intent, mark, cancellationToken, async (client, address, seen) =>
        {
            if (Version(seen) != intent.Text("version"))
            {
                var changed = $"{address} was changed since it was prepared ({intent.Text("version")} -> {Version(seen)})";
                return MarkedWrite.HasSameMark(intent, Mark(seen, Annotations.Marker)) ? Failed(changed) : Hidden(changed);
            }

            if (FieldChanges.FirstOther(seen, changes, change => change.Before) is { } other)
            {
                return Failed($"{address} was changed since it was prepared ({other.Pointer}: {Said(other.Before)} -> {Said(FieldChanges.Find(seen, other.Path))})");
            }

            // The marks have other owners than the fields: whose these are is asked without marks, and then all of it is taken in the state that was asked about.
            if (type is PatchType.Apply && !PatchSettings.IsForced(context.Parameters) && await ConflictAsync(client, context, address, seen, cancellationToken).ConfigureAwait(false) is { } conflict)
            {
                return Hidden(conflict);
            }

            return Sending(client, address, type, PatchBody.Of(type, intent["patch"]!, seen, mark), OwnerOf(context, type), force: type is PatchType.Apply, changes, cancellationToken);
        });
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var address = Address(context);
        try
        {
            var seen = await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
            return MarkedWrite.Judge(
                address.ToString(), context.Marker, intent, Meta(seen, "uid"), Mark(seen, Annotations.Marker), Version(seen) != intent.Text("version"), () => Outputs(seen, FieldChanges.FromJson(intent["changes"])));
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
        var (address, changes) = (Address(context), FieldChanges.FromJson(intent["changes"]));
        try
        {
            // Only what was taken back contradicts: controllers may have gone on from what was set.
            var seen = await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
            return Meta(seen, "uid") != intent.Text("uid") ? $"{address} is another one by now"
                : changes.Count > 0 && FieldChanges.FirstOther(seen, changes, change => change.Before) is null ? $"{address} has again what it had before the patch"
                : null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    /// <summary>Under any mark of the run: a later step of it may have changed other fields of the same object, and the values tell whether these still are the step's.</summary>
    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var (mark, changes) = (EffectMark.OfUndo(context), FieldChanges.FromJson(intent["changes"]));
        var set = FieldChanges.Led(changes, outputs?["set"]);
        return RunAsync(context, intent, mark, cancellationToken, (client, address, seen) => Task.FromResult(
            !IsOfRun(seen, context)
                ? Left($"{address} was left as it is: it carries no mark of this run, so what stands there is not of its doing", isHidden: true)
            : FieldChanges.FirstOther(seen, set, change => change.After) is not null ? Left($"{address} was left as it is: others have changed since what the step had set")
            : Sending(client, address, PatchType.Json, PatchBody.Operations(FieldChanges.Back(seen, changes), seen, mark), FieldOwners.Patch, force: false, changes, cancellationToken)));
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"patch {step.Parameters.Text("resource")} in {step.Parameters.Text("namespace")} at {step.Site} ({step.Parameters.OptionalText("type") ?? "merge"}) with {step.Parameters.Values["patch"]?.ToJsonString()}";

    private Task<StepOutcome> RunAsync(
        StepContext context, JsonObject intent, EffectMark mark, CancellationToken cancellationToken, Func<IKubernetes, ObjectAddress, JsonObject, Task<MarkedLook<StepOutcome>>> judge)
    {
        var address = Address(context);
        return MarkedWrite.RunAsync<StepOutcome>(
            async () =>
            {
                var client = connections.Of(context.Estate, context.Site());
                var seen = await client.ReadObjectAsync(address, cancellationToken).ConfigureAwait(false);
                return Meta(seen, "uid") != intent.Text("uid") ? Hidden($"{address} was replaced since it was prepared (uid {intent.Text("uid")} -> {Meta(seen, "uid")})")
                    : Mark(seen, Annotations.Marker) == mark.Marker ? new StepOutcome.Done(Outputs(seen, FieldChanges.FromJson(intent["changes"])))
                    : Fence(address, seen, context.Site()) is { } fenced ? Hidden(fenced)
                    : await judge(client, address, seen).ConfigureAwait(false);
            },
            failure => new StepOutcome.Failed($"{address} cannot be changed: {failure.Reason}"),
            trouble => new StepOutcome.Unknown($"whether {address} was changed is not known: {trouble}"),
            context.Repeats,
            context.Permit,
            new StepDeadline(time, context.Step.Timeout),
            cancellationToken);
    }

    /// <summary>The object, and what it would be.</summary>
    private Task<(JsonObject Seen, JsonObject Would)> LookAsync(IKubernetes client, StepContext context, ObjectAddress address, CancellationToken cancellationToken) => SettledLook.TakeAsync<(JsonObject, JsonObject)>(
        async isLast =>
        {
            var seen = await SiteCalls.ReadOrFailAsync($"{address} at {context.Site()}", () => client.ReadObjectAsync(address, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (Fence(address, seen, context.Site()) is { } fenced)
            {
                throw new StepFailedException(fenced);
            }

            if (PatchSettings.SecretTaken(context.Parameters.Values["patch"], seen) is { } taken)
            {
                throw Touches(address, taken);
            }

            return await TryAsync(client, context, address, seen, isLast, cancellationToken).ConfigureAwait(false) is { } would ? (seen, would) : null;
        },
        time,
        cancellationToken);

    /// <summary>What the object would be, by the server's own word; null where it was changed since it was seen, unless that was the last look.</summary>
    private static async Task<JsonObject?> TryAsync(IKubernetes client, StepContext context, ObjectAddress address, JsonObject seen, bool isLast, CancellationToken cancellationToken)
    {
        var type = PatchSettings.TypeOf(context.Parameters);
        try
        {
            var mark = type is PatchType.Apply ? null : EffectMark.Of(context);
            var body = PatchBody.Of(type, context.Parameters.Values["patch"]!, seen, mark);
            var (would, warnings) = await client.TryPatchAsync(address, type, body, OwnerOf(context, type), PatchSettings.IsForced(context.Parameters), cancellationToken).ConfigureAwait(false);
            if (warnings.FirstOrDefault(warning => warning.StartsWith(UnknownField, StringComparison.Ordinal)) is { } unknown)
            {
                throw new StepFailedException($"the API of {address} would leave out a part of the patch: {unknown}");
            }

            return Meta(would, "resourceVersion") == Meta(seen, "resourceVersion")
                ? would
                : throw new StepFailedException($"the API of {address} keeps what it is only to try (dryRun=All): it has changed it, and nothing shows what was there before");
        }
        catch (Exception e) when (!isLast && ClusterFailure.Of(e, cancellationToken) is { IsConflict: true, IsFieldConflict: false })
        {
            return null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            throw new StepFailedException(
                failure.IsFieldConflict ? Conflict(address, failure)
                : failure.Status is System.Net.HttpStatusCode.UnsupportedMediaType ? $"{address} takes no patch of type {context.Parameters.OptionalText("type") ?? "merge"}: {failure.Reason}"
                : $"{address} cannot be tried (dryRun=All): {failure.Reason}") { IsConflict = failure.IsFieldConflict, MayPass = failure.IsPassing };
        }
    }

    /// <summary>Which fields others hold; null for none.</summary>
    private static async Task<string?> ConflictAsync(IKubernetes client, StepContext context, ObjectAddress address, JsonObject seen, CancellationToken cancellationToken)
    {
        try
        {
            var body = PatchBody.Of(PatchType.Apply, context.Parameters.Values["patch"]!, seen, null);
            await client.PatchObjectAsync(address, PatchType.Apply, body, OwnerOf(context, PatchType.Apply), force: false, dryRun: true, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsFieldConflict: true } failure)
        {
            return Conflict(address, failure);
        }
    }

    private static MarkedLook<StepOutcome> Sending(
        IKubernetes client, ObjectAddress address, PatchType type, JsonNode body, string owner, bool force, IReadOnlyList<FieldChange> changes, CancellationToken cancellationToken) =>
        new(null, async () => new StepOutcome.Done(Outputs(await client.PatchObjectAsync(address, type, body, owner, force, dryRun: false, cancellationToken).ConfigureAwait(false), changes)));

    private static string OwnerOf(StepContext context, PatchType type) => type is PatchType.Apply ? FieldOwners.OfStep(FieldOwners.Patch, context.Plan.Name, context.Step.Name) : FieldOwners.Patch;

    private static StepFailedException Touches(ObjectAddress address, string field) =>
        new($"the change of {address} touches {field}, which holds a secret: its value would come into the journal");

    private static MarkedLook<StepOutcome> Failed(string why) => new StepOutcome.Failed(why);

    private static JsonObject Outputs(JsonObject seen, IReadOnlyList<FieldChange> changes) => new() { ["set"] = FieldChanges.Values(seen, changes) };

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
}
