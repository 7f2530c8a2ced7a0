using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using static DrOrchestrator.Drills.Steps.Objects.SeenMarks;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>
/// The requests of one <c>k8s.apply</c> step: each document tried, applied and taken back on exactly what was seen of its object. Which of them carry the step's mark is read from the objects
/// themselves, so that another execution of the same intent goes on where this one stopped.
/// </summary>
internal sealed class ManifestApply(StepContext context, Func<IKubernetes> connect, TimeProvider time)
{
    private readonly string _owner = FieldOwners.OfStep(FieldOwners.Apply, context.Plan.Name, context.Step.Name);
    private readonly bool _force = PatchSettings.IsForced(context.Parameters);

    /// <summary>When a request that makes an object got no answer, for the last time; null where each got one.</summary>
    public DateTimeOffset? UnansweredAt { get; private set; }

    /// <summary>What applying a document would do now, by the server's own word.</summary>
    /// <param name="earlier">What earlier attempts of the step have done to the same object; null for nothing.</param>
    public async Task<MeantObject> MeanAsync(ManifestDocument document, MeantObject? earlier, CancellationToken cancellationToken)
    {
        var client = connect();
        var kind = await SiteCalls.ReadOrFailAsync($"what the API of {context.Site()} serves", () => client.FindKindAsync(document.Api, document.Kind, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? throw new StepFailedException($"document {document.Number} ({document}): the API of {context.Site()} serves no {document.Kind} in {document.Api}");
        if (!kind.IsNamespaced)
        {
            throw new StepFailedException($"document {document.Number} ({document}): it belongs to the whole cluster, and the step acts in a namespace");
        }

        var address = new ObjectAddress(kind.Api, kind.Plural, context.Namespace(), document.Name);
        var (seen, would) = await SettledLook.TakeAsync<(JsonObject?, JsonObject)>(
            async isLast =>
            {
                var now = await SiteCalls.ReadOrFailAsync($"{address} at {context.Site()}", () => client.FindAsync(address.Path, cancellationToken), cancellationToken).ConfigureAwait(false);
                return now is not null && Fence(address, now, context.Site()) is { } fenced
                    ? throw new StepFailedException(fenced)
                    : await TryAsync(client, document, address, now, isLast, cancellationToken).ConfigureAwait(false) is { } tried ? (now, tried) : null;
            },
            time,
            cancellationToken).ConfigureAwait(false);
        var known = seen is not null && earlier is not null && IsOfThisStep(seen) && (earlier.IsMade || earlier.Uid == Meta(seen, "uid")) ? earlier : null;
        if (seen is null || known is { IsMade: true })
        {
            return new MeantObject(document, address, seen is null ? null : Meta(seen, "uid"), seen is null ? null : Version(seen), IsMade: true, []);
        }

        var changes = FieldChanges.Between(seen, would);
        if (changes.SelectMany(change => SecretFields.In(change.Before, change.Path).Concat(SecretFields.In(change.After, change.Path))).FirstOrDefault() is { } secret)
        {
            throw new StepFailedException($"the change of {address} touches {secret}, which holds a secret: its value would come into the journal");
        }

        return new MeantObject(document, address, Meta(seen, "uid"), Version(seen), IsMade: false, known is null ? changes : FieldChanges.Behind(known.Changes, changes, would));
    }

    /// <summary>Applies one document; a document that carries the mark already is behind.</summary>
    public Task<StepOutcome> ApplyAsync(MeantObject one, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var (mark, address) = (EffectMark.Of(context), one.Address);
        return MarkedWrite.RunAsync<StepOutcome>(
            async () =>
            {
                var client = connect();
                var seen = await client.FindAsync(address.Path, cancellationToken).ConfigureAwait(false);
                return (seen, one.Uid) switch
                {
                    (not null, _) when IsApplied(one, seen) => new StepOutcome.Done(Outputs(one, seen)),
                    (null, null) => Making(client, one, mark, cancellationToken),
                    (null, _) => Hidden($"{address} is gone since it was prepared"),
                    (_, null) => Hidden($"{address} was made by others since it was prepared"),
                    _ when Meta(seen, "uid") != one.Uid => Hidden($"{address} was replaced since it was prepared (uid {one.Uid} -> {Meta(seen, "uid")})"),
                    _ when Fence(address, seen, context.Site()) is { } fenced => Hidden(fenced),
                    _ when Version(seen) != one.Version => Hidden($"{address} was changed since it was prepared ({one.Version} -> {Version(seen)})"),
                    _ when FieldChanges.FirstForeign(seen, one.Changes) is { } other =>
                        Hidden($"{address} was changed since it was prepared ({other.Pointer}: {Said(other.Before)} -> {Said(FieldChanges.Find(seen, other.Path))})"),
                    _ when !_force && await ConflictAsync(client, one, seen, cancellationToken).ConfigureAwait(false) is { } conflict => Hidden(conflict),
                    _ => new MarkedLook<StepOutcome>(null, async () =>
                    {
                        // The marks have other owners than the fields: whose these are was asked without marks, and all of it is taken in the state that was asked about.
                        var body = PatchBody.Of(PatchType.Apply, Sent(one), seen, mark).AsObject();
                        return new StepOutcome.Done(Outputs(one, await client.ApplyObjectAsync(address, body, _owner, force: true, dryRun: false, cancellationToken).ConfigureAwait(false)));
                    }),
                };
            },
            failure => new StepOutcome.Failed(failure.IsFieldConflict ? Conflict(address, failure) : $"{address} cannot be applied: {failure.Reason}"),
            trouble => new StepOutcome.Unknown($"whether {address} was applied is not known: {trouble}"),
            context.Repeats,
            context.Permit,
            deadline,
            cancellationToken);
    }

    /// <summary>Whether the object carries the mark of this attempt.</summary>
    public bool IsApplied(MeantObject one, JsonObject? seen) => seen is not null && Mark(seen, Annotations.Marker) == context.Marker && (one.Uid is null || one.Uid == Meta(seen, "uid"));

    /// <summary>The object as it is; null where there is none.</summary>
    public Task<JsonObject?> FindAsync(MeantObject one, CancellationToken cancellationToken) => connect().FindAsync(one.Address.Path, cancellationToken);

    /// <summary>What the step has done to one object, for whoever takes it back.</summary>
    public static JsonObject Outputs(MeantObject one, JsonObject seen) => new()
    {
        ["uid"] = Meta(seen, "uid"),
        ["made"] = one.IsMade,
        ["set"] = FieldChanges.Values(seen, one.Changes),
    };

    /// <summary>Takes one document back.</summary>
    /// <param name="done">What the step said it has done to the object; null where it did not come to say it.</param>
    /// <returns>Done, with what was left as it is in words.</returns>
    public Task<StepOutcome> TakeBackAsync(MeantObject one, JsonObject? done, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var (mark, address) = (EffectMark.OfUndo(context), one.Address);
        var set = FieldChanges.Led(one.Changes, done?["set"]);
        return MarkedWrite.RunAsync<StepOutcome>(
            async () =>
            {
                var client = connect();
                if (await client.FindAsync(address.Path, cancellationToken).ConfigureAwait(false) is not { } seen)
                {
                    return one.IsMade ? new StepOutcome.Done([]) : Left($"{address} is gone: there is nothing to put back");
                }

                if (Mark(seen, Annotations.Marker) == mark.Marker || (done is null && !IsOfRun(seen, context)))
                {
                    // Taken back already, or never reached.
                    return new StepOutcome.Done([]);
                }

                if (done is null && !IsOfThisStep(seen))
                {
                    return Left($"{address} was left as it is: another step of the run has marked it, and nothing shows what this one had done to it", isHidden: true);
                }

                if (Meta(seen, "uid") != (done?.OptionalText("uid") ?? one.Uid ?? Meta(seen, "uid")) || !IsOfRun(seen, context))
                {
                    return Left($"{address} was left as it is: what stands there is not of this step's doing", isHidden: true);
                }

                if (one.IsMade)
                {
                    return new MarkedLook<StepOutcome>(null, async () =>
                    {
                        // Its end is seen, not believed: another look finds it gone, or says what holds it.
                        await client.DeleteAsync(address.Path, Meta(seen, "uid")!, cancellationToken, foreground: true).ConfigureAwait(false);
                        return await client.FindAsync(address.Path, cancellationToken).ConfigureAwait(false) is { } still && Meta(still, "uid") == Meta(seen, "uid")
                            ? throw new HttpRequestException($"it is being deleted, and held by {still["metadata"]?["finalizers"]?.ToJsonString() ?? "[]"}")
                            : new StepOutcome.Done([]);
                    });
                }

                return FieldChanges.FirstOther(seen, set, change => change.After) is { } other
                    ? Left($"{address} was left as it is: others have changed since what the step had set ({other.Pointer})")
                    : new MarkedLook<StepOutcome>(null, async () =>
                    {
                        var operations = PatchBody.Operations(FieldChanges.Back(seen, one.Changes).Concat(LetGo(seen)), seen, mark);
                        await client.PatchObjectAsync(address, PatchType.Json, operations, FieldOwners.Apply, force: false, dryRun: false, cancellationToken).ConfigureAwait(false);
                        return new StepOutcome.Done([]);
                    });
            },
            failure => failure.IsNotFound && one.IsMade ? new StepOutcome.Done([]) : new StepOutcome.Failed($"{address} cannot be taken back: {failure.Reason}"),
            trouble => new StepOutcome.Unknown($"whether {address} was taken back is not known: {trouble}"),
            context.Repeats,
            context.Permit,
            deadline,
            cancellationToken);
    }

    private JsonObject Sent(MeantObject one) => ManifestRules.Sent(one.Document, context.Namespace());

    /// <summary>
    /// What is not there has no version that a request could name. It is made by a request that makes and does nothing else: of two of them with the same mark one is refused, and so is one that
    /// comes behind an object of others, which none of them touches. So whatever carries the mark was made by it.
    /// </summary>
    private MarkedLook<StepOutcome> Making(IKubernetes client, MeantObject one, EffectMark mark, CancellationToken cancellationToken) => new(null, async () =>
    {
        var body = Sent(one);
        var annotations = (body["metadata"]!["annotations"] ??= new JsonObject()).AsObject();
        foreach (var (name, value) in mark.Annotations)
        {
            annotations[name] = value;
        }

        try
        {
            var made = await client.CreateAsync(ObjectAddress.PathOfAll(one.Address.Api, one.Address.Plural, one.Address.Namespace), body, _owner, cancellationToken, strict: true).ConfigureAwait(false);
            return new StepOutcome.Done(Outputs(one, await OwnedAsync(client, one.Address, made, cancellationToken).ConfigureAwait(false)));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { MayHaveActed: true })
        {
            UnansweredAt = time.GetUtcNow();
            throw;
        }
    });

    /// <summary>
    /// What a request made belongs to it as to one that updates: the next apply of the same step would meet a conflict with itself. So the fields are made an applier's, as kubectl does with its own
    /// (csaupgrade); where that fails, the next apply says so.
    /// </summary>
    private async Task<JsonObject> OwnedAsync(IKubernetes client, ObjectAddress address, JsonObject made, CancellationToken cancellationToken)
    {
        var fields = made["metadata"]?["managedFields"] as JsonArray ?? [];
        if (fields.IndexOf(fields.FirstOrDefault(entry => entry?["manager"]?.ToString() == _owner && entry["operation"]?.ToString() == "Update" && entry["subresource"] is null)) is not (>= 0 and var at))
        {
            return made;
        }

        var pointer = FormattableString.Invariant($"/metadata/managedFields/{at}");
        JsonArray operations =
        [
            FieldChanges.Operation("test", "/metadata/uid", made["metadata"]!["uid"]),
            FieldChanges.Operation("test", pointer + "/manager", JsonValue.Create(_owner)),
            FieldChanges.Operation("replace", pointer + "/operation", JsonValue.Create("Apply")),
        ];
        try
        {
            context.Permit.Require();
            return await client.PatchObjectAsync(address, PatchType.Json, operations, _owner, force: false, dryRun: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return made;
        }
    }

    /// <summary>What the object would be, by the server's own word; null where it was changed since it was seen, unless that was the last look.</summary>
    private async Task<JsonObject?> TryAsync(IKubernetes client, ManifestDocument document, ObjectAddress address, JsonObject? seen, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            var sent = ManifestRules.Sent(document, context.Namespace());
            var body = seen is null ? sent : PatchBody.Of(PatchType.Apply, sent, seen, mark: null).AsObject();
            var would = await client.ApplyObjectAsync(address, body, _owner, _force, dryRun: true, cancellationToken).ConfigureAwait(false);
            return seen is null || Meta(would, "resourceVersion") == Meta(seen, "resourceVersion")
                ? would
                : throw new StepFailedException($"the API of {address} keeps what it is only to try (dryRun=All): it has changed it, and nothing shows what was there before");
        }
        catch (Exception e) when (!isLast && ClusterFailure.Of(e, cancellationToken) is { IsConflict: true, IsFieldConflict: false })
        {
            return null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            var why = failure.IsFieldConflict ? Conflict(address, failure) : $"{address} cannot be tried (dryRun=All): {failure.Reason}";
            throw new StepFailedException($"document {document.Number}: {why}") { IsConflict = failure.IsFieldConflict, MayPass = failure.IsPassing };
        }
    }

    /// <summary>Which fields others hold; null for none.</summary>
    private async Task<string?> ConflictAsync(IKubernetes client, MeantObject one, JsonObject seen, CancellationToken cancellationToken)
    {
        try
        {
            await client.ApplyObjectAsync(one.Address, PatchBody.Of(PatchType.Apply, Sent(one), seen, null).AsObject(), _owner, force: false, dryRun: true, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsFieldConflict: true } failure)
        {
            return Conflict(one.Address, failure);
        }
    }

    /// <summary>
    /// Ends the step's hold on the fields it left as they were: whoever applies them next would meet a conflict with a drill that was taken back.
    /// </summary>
    private IEnumerable<JsonObject> LetGo(JsonObject seen)
    {
        var fields = seen["metadata"]?["managedFields"] as JsonArray ?? [];
        if (fields.IndexOf(fields.FirstOrDefault(entry => entry?["manager"]?.ToString() == _owner && entry["operation"]?.ToString() == "Apply")) is >= 0 and var at)
        {
            var pointer = FormattableString.Invariant($"/metadata/managedFields/{at}");
            return [FieldChanges.Operation("test", pointer + "/manager", JsonValue.Create(_owner)), new JsonObject { ["op"] = "remove", ["path"] = pointer }];
        }

        return [];
    }

    /// <summary>By its mark: of this attempt of the step or an earlier one.</summary>
    private bool IsOfThisStep(JsonObject seen) =>
        Mark(seen, Annotations.Marker) is { } marker && Enumerable.Range(1, context.Attempt).Any(attempt => marker == (context with { Attempt = attempt }).Marker);
}
