using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>One attempt to make a namespace of a run: each call goes on from what is there, in this order: the namespace, what bounds it, Secrets, the proof.</summary>
internal sealed class NamespaceMaking(Func<IKubernetes> client, EgressTargets egress, StepContext context, JsonObject intent, NamespaceSettings settings, StepDeadline deadline)
{
    private readonly string _name = intent.Text("namespace");
    private string? _uid;
    private string _waits = "its time was over before it could be made";
    private bool _mayCome = context.Repeats;
    private bool _isBounded;
    private bool _hasSecrets;

    /// <returns>Null while it is to be looked at again.</returns>
    /// <exception cref="Exception">A call failed; <see cref="Ends"/> says what that means.</exception>
    public async Task<StepOutcome?> GoOnAsync(CancellationToken cancellationToken)
    {
        if (_uid is null && await MakeAsync(cancellationToken).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        if (_uid is null)
        {
            return null;
        }

        if (!_isBounded && await BoundAsync(cancellationToken).ConfigureAwait(false) is { } changed)
        {
            return Failed(changed);
        }

        if (!_isBounded)
        {
            return null;
        }

        if (!_hasSecrets && await NamespaceSecrets.CopyAsync(client(), _name, intent["secrets"] as JsonArray ?? [], EffectMark.Of(context), Permit, cancellationToken).ConfigureAwait(false) is { } other)
        {
            return Failed(other);
        }

        _hasSecrets = true;
        return intent["prove"] is JsonObject proof ? await ProveAsync(proof, cancellationToken).ConfigureAwait(false) : Done(null);
    }

    /// <summary>What a failed call leads to; null for another try.</summary>
    public StepOutcome? Ends(ClusterFailure failure)
    {
        _waits = failure.Reason;
        return !failure.IsFinal ? null : _mayCome && _uid is null ? new StepOutcome.Unknown($"whether namespace {_name} was made is not known: {failure.Reason}") : Failed($"namespace {_name} cannot be made: {failure.Reason}");
    }

    /// <summary>Where the namespace was seen to stand, it is known what there is to undo.</summary>
    public StepOutcome OutOfTime() => _mayCome && _uid is null
        ? new StepOutcome.Unknown($"whether namespace {_name} was made is not known: {_waits}")
        : Failed($"namespace {_name} was not ready within {Durations.Format(context.Step.Timeout)}: {_waits}");

    private async Task<StepOutcome?> MakeAsync(CancellationToken cancellationToken)
    {
        var seen = await client().FindAsync(RunNamespace.PathOf(_name), cancellationToken).ConfigureAwait(false);
        if (seen is null)
        {
            if (deadline.HasPassed)
            {
                return null;
            }

            Permit();
            try
            {
                seen = await client().CreateAsync("api/v1/namespaces", RunNamespace.Make(context, intent), FieldOwners.Namespace, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { MayHaveActed: true })
            {
                // Also where the next request is refused, this one may still make it.
                _mayCome = true;
                throw;
            }
        }

        if (!RunNamespace.IsOf(seen, context, context.Step.Name))
        {
            return new StepOutcome.Failed($"a namespace {_name} is at {context.Site()} that this run has not made");
        }

        if (RunNamespace.IsEnding(seen))
        {
            return Failed($"namespace {_name} at {context.Site()} is ending: {NamespaceEnd.Holds(seen)}");
        }

        _uid = RunNamespace.Uid(seen);
        return null;
    }

    /// <returns>Why it cannot be: somebody has changed what bounds it.</returns>
    private async Task<string?> BoundAsync(CancellationToken cancellationToken)
    {
        foreach (var meant in NamespaceObjects.Of(_name, settings, EffectMark.Of(context)))
        {
            if (await client().FindAsync(meant.Path, cancellationToken).ConfigureAwait(false) is null)
            {
                Permit();
                await client().CreateAsync(meant.Collection, meant.Value, FieldOwners.Namespace, cancellationToken).ConfigureAwait(false);
            }
        }

        var seen = await NamespaceBounds.ReadAsync(client(), context, intent, settings, cancellationToken).ConfigureAwait(false);
        if (seen.Against is { } against && !seen.IsMissing)
        {
            return against;
        }

        (_isBounded, _waits) = (seen.IsCounted, seen.IsCounted ? _waits : seen.Against ?? $"the quota {NamespaceObjects.QuotaName} is not enforced yet");
        return null;
    }

    private async Task<StepOutcome?> ProveAsync(JsonObject proof, CancellationToken cancellationToken)
    {
        var (targets, forbidden) = (PlacesOf(proof, "targets"), PlacesOf(proof, "forbidden"));
        if (await FindJobAsync(cancellationToken).ConfigureAwait(false) is not { } job)
        {
            if (deadline.HasPassed)
            {
                return null;
            }

            Permit();
            var command = proof["command"]!.AsArray().Select(word => word!.ToString()).ToList();
            await client().BatchV1.CreateNamespacedJobAsync(
                EgressProof.Job(context.Marker, _name, proof.Text("image"), command, proof.Text("control"), targets, forbidden, EffectMark.Of(context), deadline.Remaining), _name, fieldManager: FieldOwners.Job, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            _waits = "the pod that tries to reach production has not ended";
            return null;
        }

        _waits = "the pod that tries to reach production has not ended";
        if (!JobState.IsFinished(job))
        {
            return null;
        }

        var remains = await JobRemains.ReadAsync(client(), job, cancellationToken).ConfigureAwait(false);
        var log = new RawOutput("egress-proof.log", "text/plain; charset=utf-8", remains.Log);
        if (EgressProof.Against(remains.Log, proof.Text("control"), targets, forbidden, remains.NodeAddresses) is { } against)
        {
            return Failed($"namespace {_name} is not proved: {against}", log);
        }

        // One that the plan vouches for did not answer before either.
        var answered = (proof["forbidden"] as JsonArray ?? []).Where(place => place!["answers"]?.GetValue<bool>() is true).Select(place => place!["at"]!.ToString());
        var silent = await egress.SilentAsync(targets.Concat(answered), cancellationToken).ConfigureAwait(false);
        if (silent.Count > 0)
        {
            return Failed($"namespace {_name} is not proved: {string.Join(", ", silent)} stopped answering the orchestrator meanwhile", log);
        }

        // What was proved is the policy that the pod tried under.
        return (await NamespaceBounds.ReadAsync(client(), context, intent, settings, cancellationToken).ConfigureAwait(false)).Against is { } changed ? Failed(changed, log) : Done(log);
    }

    private static List<string> PlacesOf(JsonObject proof, string name) => [.. (proof[name] as JsonArray ?? []).Select(place => place!["at"]!.ToString())];

    private async Task<V1Job?> FindJobAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client().BatchV1.ReadNamespacedJobAsync(context.Marker, _name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }

    private void Permit() => context.Permit.Require();

    private StepOutcome.Done Done(RawOutput? log) => new(
        new JsonObject
        {
            ["namespace"] = _name,
            ["uid"] = _uid,
            ["expires"] = intent.Text("expires"),
            ["proved"] = log is not null,
            ["tried"] = intent["prove"]?["targets"]?.DeepClone() ?? new JsonArray(),
            ["untried"] = intent["prove"]?["untried"]?.DeepClone() ?? new JsonArray(),
            ["forbidden"] = intent["prove"]?["forbidden"]?.DeepClone() ?? new JsonArray(),
            ["secrets"] = new JsonArray([.. (intent["secrets"] as JsonArray ?? []).Select(secret => JsonValue.Create(secret!["from"]!.ToString()))]),
        },
        log is null ? [] : [log]);

    private StepOutcome.Failed Failed(string reason, RawOutput? log = null) =>
        new(reason, log is null ? [] : [log]) { Left = _uid is null ? null : new JsonObject { ["uid"] = _uid } };
}
