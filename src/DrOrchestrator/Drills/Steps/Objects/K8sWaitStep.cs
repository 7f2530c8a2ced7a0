using System.Diagnostics;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary><c>k8s.wait</c>: waits for what one object of any kind says of itself, for it to be there or to be gone. Changes nothing.</summary>
internal sealed class K8sWaitStep(ClusterConnections connections, TimeProvider time) : IStepKind
{
    /// <summary>Longest pause between two looks: waits for backups take hours.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public StepKindShape Shape { get; } = new(
        "k8s.wait",
        StepEffect.None,
        NeedsSite: true,
        "Waits until an object of any kind has a condition or a field has a value, or until it is there or gone.",
        [
            new ParameterShape("namespace", ParameterType.Text, false, "Namespace at the step's site; left out for what belongs to the whole cluster."),
            new ParameterShape("api", ParameterType.Text, false, "Its apiVersion (v1, apps/v1, postgresql.cnpg.io/v1), with PLURAL/NAME; without it the cluster is asked."),
            new ParameterShape("resource", ParameterType.Text, true, "KIND/NAME (KIND.GROUP/NAME where several groups have the kind), or with api PLURAL/NAME."),
            new ParameterShape("condition", ParameterType.Text, false, "Type of a condition in its status, such as Ready."),
            new ParameterShape("status", ParameterType.Text, false, "Of the condition; True without it."),
            new ParameterShape("json-path", ParameterType.Text, false, "A field, such as .status.readyReplicas; alone, it need only be there."),
            new ParameterShape("equals", ParameterType.Text, false, "What the field must be."),
            new ParameterShape("one-of", ParameterType.TextList, false, "What the field may be."),
            new ParameterShape("for", ParameterType.Text, false, "That it is there, is not, or that the one that was there is gone.", WaitGoal.Words),
            new ParameterShape("fails-on", ParameterType.Object, false, "A sign that ends the waiting at once: condition and status, or json-path with equals or one-of."),
        ],
        ["value"])
    {
        Judge = Problems,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Problems(context.Parameters).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Parameter}: {problem.Found}; allowed: {problem.Allowed}");
        }

        var (target, goal) = (WaitTarget.Of(context.Parameters), WaitGoal.Read(context.Parameters));
        return new JsonObject { ["resource"] = target.ToString(), ["until"] = goal.Asked, ["uid"] = goal.For == WaitGoal.Deleted ? await UidAsync(context, target, cancellationToken).ConfigureAwait(false) : null };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (target, goal) = (WaitTarget.Of(context.Parameters), WaitGoal.Read(context.Parameters));
        var (deadline, uid) = (new StepDeadline(time, context.Step.Timeout), intent["uid"]?.ToString());
        ObjectAddress? address = null;
        string seen;
        do
        {
            try
            {
                var client = connections.Of(context.Estate, context.Site());
                address ??= await AddressAsync(client, target, goal, cancellationToken).ConfigureAwait(false);
                var (read, unseen) = await ReadAsync(client, address, cancellationToken).ConfigureAwait(false);
                switch (goal.Judge(read, uid, unseen))
                {
                    case WaitVerdict.Met met:
                        return new StepOutcome.Done(new JsonObject { ["value"] = met.Value });
                    case WaitVerdict.Never never:
                        return new StepOutcome.Failed($"{target} at {context.Site()}: {goal.Asked} will not come, as was seen after {Durations.Format(TimeSpan.FromSeconds(Math.Round(deadline.Elapsed.TotalSeconds, 1)))}: {never.Why}");
                    case WaitVerdict.NotYet not:
                        seen = not.Seen;
                        break;
                    default:
                        throw new UnreachableException();
                }
            }
            catch (StepFailedException e)
            {
                return new StepOutcome.Failed(e.Message);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                seen = failure.Reason;
                if (failure.IsFinal)
                {
                    return new StepOutcome.Failed($"{target} at {context.Site()} cannot be read: {seen}");
                }
            }
        }
        while (await deadline.LookAgainAsync(LongestPause, cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Failed($"{target} at {context.Site()}: {goal.Asked} was not met within {Durations.Format(context.Step.Timeout)}: {seen}");
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "waiting has no effect"));

    public string Describe(PlanStep step, Estate estate) =>
        $"wait for {step.Parameters.Text("resource")}{(step.Parameters.OptionalText("namespace") is { } ns ? $" in {ns}" : "")} at {step.Site}";

    /// <summary>Which object was there before the waiting began; null for none.</summary>
    private async Task<string?> UidAsync(StepContext context, WaitTarget target, CancellationToken cancellationToken) =>
        await SiteCalls.ReadOrFailAsync(
            $"{target} at {context.Site()}",
            async () =>
            {
                var client = connections.Of(context.Estate, context.Site());
                var address = await AddressAsync(client, target, null, cancellationToken).ConfigureAwait(false);
                return (await ReadAsync(client, address, cancellationToken).ConfigureAwait(false)).Seen?["metadata"]?["uid"]?.ToString();
            },
            cancellationToken).ConfigureAwait(false);

    private static async Task<(JsonObject? Seen, string Unseen)> ReadAsync(IKubernetes client, ObjectAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.ReadObjectAsync(address, cancellationToken).ConfigureAwait(false), "");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true } failure)
        {
            return (null, failure.Reason);
        }
    }

    /// <exception cref="StepFailedException">There is no such kind, or not one, or what is asked of it would tell a secret.</exception>
    private static async Task<ObjectAddress> AddressAsync(IKubernetes client, WaitTarget target, WaitGoal? goal, CancellationToken cancellationToken)
    {
        var kind = target.Known ?? await client.FindKindAsync(target.Word, cancellationToken).ConfigureAwait(false) switch
        {
            KindSearch.Found found => found.Kind,
            KindSearch.Several several => throw new StepFailedException($"'{target.Word}' means kinds of several groups here: {string.Join(", ", several.Kinds.Select(one => one.Word))}. Write one of these in front of the name, or say api"),
            KindSearch.None none => throw NotServed($"no kind '{target.Word}' is served here{(none.Nearest is null ? "" : $"; near it is '{none.Nearest}'")}{(none.Silent.Count == 0 ? "" : $"; without an answer: {string.Join(", ", none.Silent)}")}", none),
            _ => throw new UnreachableException(),
        };
        // Where the plan names the API nobody was asked yet, and what is not served is absent for ever.
        if (target.IsNamed && goal is null or { For: WaitGoal.Absent or WaitGoal.Deleted } && !await client.ServesAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            throw new StepFailedException($"no kind '{kind.Word}' is served here");
        }

        return kind.IsNamespaced && target.Namespace is null ? throw new StepFailedException($"{target} belongs to a namespace, and none is named")
            : kind is { Group: "", Plural: "secrets" } && goal is { Sign: not null } ? throw new StepFailedException("of a Secret only that it is there can be waited for: its values would come into the journal")
            : new ObjectAddress(kind.Api, kind.Plural, kind.IsNamespaced ? target.Namespace : null, target.Name);
    }

    /// <summary>A group that does not answer may be the one: its server is perhaps being started anew.</summary>
    private static Exception NotServed(string message, KindSearch.None none) =>
        none.Silent.Count == 0 ? new StepFailedException(message) : new ClusterAccessException(message) { MayPass = true };

    private static IEnumerable<ParameterProblem> Problems(StepParameters parameters)
    {
        if (WaitTarget.Problem(parameters) is { } problem)
        {
            yield return problem;
        }

        if (Trouble(parameters) is { } trouble)
        {
            yield return new ParameterProblem("resource", trouble, "condition, json-path, for", "The part k8s.wait of docs/steps.md shows each of them.");
        }
    }

    private static string? Trouble(StepParameters parameters)
    {
        try
        {
            WaitGoal.Read(parameters);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
