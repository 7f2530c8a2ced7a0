using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary><c>k8s.namespace-remove</c>: removes the namespace that a <c>k8s.namespace</c> step made, and sees it gone. There is nothing to take back; asked again, it says the same.</summary>
internal sealed class K8sNamespaceRemoveStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IDutyKind
{
    /// <summary>A kube-apiserver gives a request up after a minute (<c>--request-timeout</c>), and a proxy before it may hold one as long.</summary>
    private static readonly TimeSpan MadeLateFor = TimeSpan.FromMinutes(2);

    public StepKindShape Shape { get; } = new(
        "k8s.namespace-remove",
        StepEffect.Reversible,
        NeedsSite: true,
        "Removes a namespace that a step of this run made, with everything in it, and sees that it is gone.",
        [new ParameterShape("made-by", ParameterType.StepName, true, "The k8s.namespace step.")],
        ["namespace", "uid", "gone", "volumes-left"])
    {
        MakesNamespace = true,
    };

    public bool Undoes(PlanStep step) => false;

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var step = context.Parameters.Text("made-by");
        var made = context.Steps.IntentOf(step);
        var name = made?.OptionalText("namespace") ?? throw new StepFailedException($"step '{step}' has made no namespace in this run");
        if (made.Text("site") is var site && site != context.Site())
        {
            throw new StepFailedException($"step '{step}' made its namespace at {site}, not at {context.Site()}");
        }

        var known = context.Steps.OutputsOf(step)?.OptionalText("uid");
        var client = connections.Of(context.Estate, context.Site());
        var seen = await SiteCalls.ReadOrFailAsync($"namespace {name} at {context.Site()}", () => client.FindAsync(RunNamespace.PathOf(name), cancellationToken), cancellationToken).ConfigureAwait(false);
        if (seen is not null && !RunNamespace.IsOf(seen, context, step))
        {
            throw new StepFailedException($"a namespace {name} is at {context.Site()} that this run has not made");
        }

        if (seen is not null && await UnfinishedAsync(client, name, context.Site(), cancellationToken).ConfigureAwait(false) is { } job)
        {
            throw new StepFailedException($"Job {job} in namespace {name} has not ended: what it says would be lost");
        }

        return new JsonObject
        {
            ["namespace"] = name,
            ["site"] = context.Site(),
            ["uid"] = seen is null ? known : RunNamespace.Uid(seen),
            ["volumes"] = seen is null ? null : await NamespaceVolumes.BehindAsync(client, seen, cancellationToken).ConfigureAwait(false),
        };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (name, uid, deadline) = (intent.Text("namespace"), intent.OptionalText("uid"), new StepDeadline(time, context.Step.Timeout));
        IKubernetes Client() => connections.Of(context.Estate, context.Site());
        if (uid is null)
        {
            (uid, var unknown) = await LateAsync(Client, context, name, deadline, cancellationToken).ConfigureAwait(false);
            if (unknown is not null)
            {
                return new StepOutcome.Unknown(unknown);
            }
        }

        return uid is not null && await NamespaceEnd.RunAsync(Client, name, uid, context.Permit.Require, deadline, cancellationToken).ConfigureAwait(false) is { } why
            ? new StepOutcome.Failed($"namespace {name} is not seen to be gone: {why}")
            : new StepOutcome.Done(new JsonObject
            {
                ["namespace"] = name,
                ["uid"] = uid,
                ["gone"] = true,
                ["volumes-left"] = await NamespaceVolumes.LeftAsync(Client(), intent["volumes"], time, deadline.Remaining, cancellationToken).ConfigureAwait(false),
            });
    }

    /// <summary>Removing again meets the same uid or none.</summary>
    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "removing may be asked for again", OnlyByRepeating: true));

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [new("site", context.Site(), RunNamespace.NameOf(context, context.Parameters.Text("made-by")))];

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Done([]));

    public bool Does(string subject, JsonObject intent, JsonObject outputs) => NamespaceDuty.IsOf(subject, intent.Text("site"), intent.Text("namespace"));

    public string Describe(PlanStep step, Estate estate) => $"remove the namespace that step {step.Parameters.Text("made-by")} made at {step.Site}, and see it gone";

    /// <summary>It was never seen: where a request to make it got no answer, it may still come.</summary>
    /// <returns>The uid of one that came, null where none can come any more; or why that is not known.</returns>
    private async Task<(string? Uid, string? Unknown)> LateAsync(Func<IKubernetes> client, StepContext context, string name, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var step = context.Parameters.Text("made-by");
        if (context.Steps.UnansweredAt(step) + MadeLateFor is not { } until)
        {
            return (null, null);
        }

        do
        {
            try
            {
                // Looked at behind that moment: what was to come has come.
                var isOver = time.GetUtcNow() >= until;
                var seen = await client().FindAsync(RunNamespace.PathOf(name), cancellationToken).ConfigureAwait(false);
                if (isOver || seen is not null)
                {
                    return (seen is not null && RunNamespace.IsOf(seen, context, step) ? RunNamespace.Uid(seen) : null, null);
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsFinal: false })
            {
                // It is looked at again.
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return (null, $"namespace {name} may still be made: a request for it got no answer");
    }

    private static Task<string?> UnfinishedAsync(IKubernetes client, string name, string site, CancellationToken cancellationToken) => SiteCalls.ReadOrFailAsync(
        $"Jobs in namespace {name} at {site}",
        async () => (await client.AllJobsAsync(name, cancellationToken).ConfigureAwait(false)).FirstOrDefault(job => !JobState.IsFinished(job))?.Metadata.Name,
        cancellationToken);
}
