using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Cnpg;

/// <summary>
/// <c>cnpg.demote</c>: makes a CloudNativePG cluster a replica of another one, which is a fence: its operator ends PostgreSQL, sees by <c>pg_controldata</c> in the primary's own pod that
/// it was shut down, archives the last of its WAL, and only then writes the demotion token. The request is declarative and stays, also when the token does not come in time.
/// </summary>
internal sealed class CnpgDemoteStep(ClusterConnections connections, TimeProvider time) : IFenceKind, ITriedKind
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public StepKindShape Shape { get; } = new(
        "cnpg.demote",
        StepEffect.Reversible,
        NeedsSite: true,
        "Demotes a CloudNativePG cluster to a replica of another and proves by its demotion token that its PostgreSQL ended cleanly.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("cluster", ParameterType.Text, true, "The Cluster that is written now."),
            new ParameterShape("to", ParameterType.Text, true, "The one that is to be written next, as its externalClusters name it."),
        ],
        ["facts", "token", "system", "timeline", "redo"]) { IsFence = true };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (address, to) = (CnpgCluster.Address(context), context.Parameters.Text("to"));
        var cluster = await SiteCalls.ReadOrFailAsync(
            $"{address} at {context.Site()}",
            async () => new CnpgCluster(await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        if (cluster.Against(to) is { } against)
        {
            throw new StepFailedException($"{address} at {context.Site()} cannot be demoted: it {against}");
        }

        // A second attempt goes on with what the first one meant: by now the cluster may be demoted, and its token is of that. A token at a cluster that is a primary again is an old one,
        // whoever asked for it: its operator takes it away only when it looks at the cluster.
        var before = !cluster.IsPrimary && context.Steps.IntentOf(context.Step.Name) is { } earlier && earlier.Text("uid") == cluster.Uid ? earlier : null;
        return before is null && !cluster.IsPrimary
            ? throw new StepFailedException($"{address} at {context.Site()} cannot be demoted: it is not written: it follows '{cluster.Primary}'")
            : new JsonObject
            {
                ["site"] = context.Site(),
                ["object"] = address.ToString(),
                ["namespace"] = context.Namespace(),
                ["name"] = address.Name,
                ["uid"] = cluster.Uid,
                ["self"] = cluster.Self,
                ["to"] = to,
                ["source"] = before is null ? cluster.Source : before["source"]?.ToString(),
                ["tokenBefore"] = before is null ? cluster.DemotionToken : before["tokenBefore"]?.ToString(),
            };
    }

    /// <summary>The request that demotes, as its API and the operator's webhook take it. What the operator makes of it is not tried.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        var demotion = Demotion.From(await PrepareAsync(context, cancellationToken).ConfigureAwait(false));
        return
        [
            await TriedPatch.TakeAsync(
                connections.Of(context.Estate, demotion.Site),
                demotion.Address,
                PatchType.Merge,
                seen => Body(new CnpgCluster(seen), EffectMark.Of(context), Demoted(demotion)),
                FieldOwners.Fence,
                force: false,
                time,
                cancellationToken).ConfigureAwait(false),
            new TriedObject("", TriedAnswer.NotTried, [], "whether its operator ends PostgreSQL cleanly and writes the demotion token, only the demotion itself will see"),
        ];
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var demotion = Demotion.From(intent);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var missing = "nothing could be read";

        // Where a request may be that nobody has answered: on the version it was sent on, or with null on any, of an earlier life.
        var (mayStand, sentOn) = (context.Repeats, (string?)null);
        do
        {
            var sending = false;
            try
            {
                var client = connections.Of(context.Estate, demotion.Site);
                var cluster = new CnpgCluster(await client.ReadObjectAsync(demotion.Address, cancellationToken).ConfigureAwait(false));
                mayStand &= cluster.Uid == demotion.Uid && cluster.IsPrimary && cluster.DemotionToken == demotion.TokenBefore && (sentOn is null || sentOn == cluster.ResourceVersion);
                var proof = demotion.Judge(cluster);
                if (proof.Proved)
                {
                    return new StepOutcome.Done(demotion.Outputs(cluster, proof));
                }

                missing = string.Join("; ", proof.Missing);
                if (cluster.Uid != demotion.Uid || (!cluster.IsPrimary && cluster.Primary != demotion.To))
                {
                    break;
                }

                if (cluster.IsPrimary)
                {
                    if (cluster.DemotionToken != demotion.TokenBefore)
                    {
                        missing = "a demotion token of another demotion came or went since it was prepared, by which nobody could tell its own";
                        break;
                    }

                    if (deadline.HasPassed)
                    {
                        break;
                    }

                    context.Permit.Require();
                    (sending, sentOn) = (true, mayStand && sentOn is null ? null : cluster.ResourceVersion);
                    await client.MergeObjectAsync(demotion.Address, Body(cluster, EffectMark.Of(context), Demoted(demotion)), FieldOwners.Fence, cancellationToken).ConfigureAwait(false);
                    mayStand = false;
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                missing = $"the API of {demotion.Site} answers: {failure.Reason}";
                mayStand |= sending && failure.MayHaveActed;
                if (failure.IsFinal)
                {
                    break;
                }
            }
        }
        while (await deadline.LookAgainAsync(LongestPause, cancellationToken).ConfigureAwait(false));

        return mayStand
            ? new StepOutcome.Unknown($"whether {demotion.Address} was demoted is not known: {missing}")
            : new StepOutcome.Failed($"the fence of {demotion.Site} is not proved: {missing}");
    }

    /// <summary>Anything but the proof may be executed again: what stands is not repeated. It must be where the cluster is as the intent has it: a late request would still demote it.</summary>
    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var demotion = Demotion.From(intent);
        try
        {
            var cluster = new CnpgCluster(await connections.Of(context.Estate, demotion.Site).ReadObjectAsync(demotion.Address, cancellationToken).ConfigureAwait(false));
            var proof = demotion.Judge(cluster);
            return proof.Proved
                ? new Observation(ObservedAnswer.Happened, "the fence is proved", demotion.Outputs(cluster, proof))
                : new Observation(
                    ObservedAnswer.CannotHappenAnyMore,
                    $"the fence is not complete: {string.Join("; ", proof.Missing)}",
                    OnlyByRepeating: cluster.Uid == demotion.Uid && cluster.IsPrimary && cluster.DemotionToken == demotion.TokenBefore);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"the API of {demotion.Site} answers: {failure.Reason}");
        }
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [new("site", context.Site(), context.Namespace(), $"{CnpgCluster.Address(context)} ({CnpgCluster.Api})")];

    /// <summary>One live read.</summary>
    public async Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var demotion = Demotion.From(intent);
        try
        {
            return demotion.Judge(new CnpgCluster(await connections.Of(context.Estate, demotion.Site).ReadObjectAsync(demotion.Address, cancellationToken).ConfigureAwait(false)));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new FenceProof(false, [], [$"the API of {demotion.Site} answers: {failure.Reason}"]);
        }
    }

    /// <summary>Promotes the cluster again, by its own token, so that it goes on where it ended and nothing has to be rebuilt.</summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var demotion = Demotion.From(intent);
        var (deadline, mark) = (new StepDeadline(time, context.Step.Timeout), EffectMark.OfUndo(context));
        var reason = "nothing could be read";
        do
        {
            try
            {
                var client = connections.Of(context.Estate, demotion.Site);
                var cluster = new CnpgCluster(await client.ReadObjectAsync(demotion.Address, cancellationToken).ConfigureAwait(false));
                if (cluster.Mark == mark.Marker && cluster.IsPrimary)
                {
                    if (cluster.LastPromotionToken is { } last && last == cluster.PromotionToken)
                    {
                        return new StepOutcome.Done([]);
                    }

                    reason = $"{demotion.Address} is not a primary again yet: {cluster.Fares}";
                    continue;
                }

                if (cluster.Uid != demotion.Uid || cluster.Primary != demotion.To || cluster.Mark?.StartsWith($"{context.RunMark}-{context.Step.Name}-", StringComparison.Ordinal) is not true)
                {
                    return new StepOutcome.Done(new JsonObject { [Rollback.Left] = $"{demotion.Address} was left as it is: it is not as this step has made it" });
                }

                if (demotion.TokenOf(cluster, outputs) is not { } token)
                {
                    // Its operator has stopped the instances by then, and would leave them so.
                    reason = $"{demotion.Address} is still being demoted, and can be promoted again only after that";
                    continue;
                }

                if (deadline.HasPassed)
                {
                    break;
                }

                context.Permit.Require();
                await client.MergeObjectAsync(
                    demotion.Address,
                    Body(cluster, mark, new JsonObject { ["primary"] = demotion.Self, ["source"] = demotion.Source, ["promotionToken"] = token }),
                    FieldOwners.Fence,
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                reason = $"the API of {demotion.Site} answers: {failure.Reason}";
            }
        }
        while (await deadline.LookAgainAsync(LongestPause, cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Unknown(reason);
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"demote the CloudNativePG cluster {step.Parameters.Text("cluster")} in {step.Parameters.Text("namespace")} at {step.Site} to a replica of {step.Parameters.Text("to")} and prove that its PostgreSQL ended cleanly";

    /// <summary>A replica that still has the token of its own promotion is refused by its operator.</summary>
    private static JsonObject Demoted(Demotion demotion) => new() { ["primary"] = demotion.To, ["source"] = demotion.To, ["promotionToken"] = null };

    /// <summary>Change, mark and preconditions in one request.</summary>
    private static JsonObject Body(CnpgCluster cluster, EffectMark mark, JsonObject replica) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["uid"] = cluster.Uid,
            ["resourceVersion"] = cluster.ResourceVersion,
            ["annotations"] = new JsonObject(mark.Annotations.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value))),
        },
        ["spec"] = new JsonObject { ["replica"] = replica },
    };
}
