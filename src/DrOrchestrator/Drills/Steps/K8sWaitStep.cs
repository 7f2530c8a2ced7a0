using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps;

/// <summary><c>k8s.wait</c>: waits for a condition or a field of one object. Changes nothing.</summary>
internal sealed class K8sWaitStep(ClusterConnections connections, TimeProvider time) : IStepKind
{
    private static readonly Dictionary<string, Func<IKubernetes, string, string, CancellationToken, Task<object>>> Reads = new()
    {
        ["pod"] = async (client, ns, name, token) => await client.CoreV1.ReadNamespacedPodAsync(name, ns, cancellationToken: token).ConfigureAwait(false),
        ["deployment"] = async (client, ns, name, token) => await client.AppsV1.ReadNamespacedDeploymentAsync(name, ns, cancellationToken: token).ConfigureAwait(false),
        ["statefulset"] = async (client, ns, name, token) => await client.AppsV1.ReadNamespacedStatefulSetAsync(name, ns, cancellationToken: token).ConfigureAwait(false),
        ["job"] = async (client, ns, name, token) => await client.BatchV1.ReadNamespacedJobAsync(name, ns, cancellationToken: token).ConfigureAwait(false),
        ["node"] = async (client, _, name, token) => await client.CoreV1.ReadNodeAsync(name, cancellationToken: token).ConfigureAwait(false),
    };

    public StepKindShape Shape { get; } = new(
        "k8s.wait",
        StepEffect.None,
        NeedsSite: true,
        "Waits until a condition of an object is True, or a field of it has a value.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("resource", ParameterType.Text, true, $"KIND/NAME; kinds: {string.Join(", ", Reads.Keys)}."),
            new ParameterShape("condition", ParameterType.Text, false, "Type of a condition in its status, such as Ready."),
            new ParameterShape("json-path", ParameterType.Text, false, "A field, such as .status.readyReplicas; with equals."),
            new ParameterShape("equals", ParameterType.Text, false, "What the field must be."),
        ],
        ["value"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var target = Target.Of(context);
        return Task.FromResult(new JsonObject { ["resource"] = $"{target.Kind}/{target.Name}", ["until"] = target.Asked });
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var target = Target.Of(context);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        string seen;
        do
        {
            try
            {
                var read = await Reads[target.Kind](connections.Of(context.Estate, context.Site()), context.Namespace(), target.Name, cancellationToken).ConfigureAwait(false);
                var value = target.Read(JsonNode.Parse(KubernetesJson.Serialize(read)));
                if (value == target.Wanted)
                {
                    return new StepOutcome.Done(new JsonObject { ["value"] = value });
                }

                seen = $"it is {value ?? "absent"}";
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                seen = failure.Reason;
            }
        }
        while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Failed($"{target.Kind}/{target.Name} at {context.Site()}: {target.Asked} was not met within {Durations.Format(context.Step.Timeout)}: {seen}");
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "waiting has no effect"));

    public string Describe(PlanStep step, Estate estate) => $"wait for {step.Parameters.Text("resource")} in {step.Parameters.Text("namespace")} at {step.Site}";

    private sealed record Target(string Kind, string Name, string? Condition, JsonPath? Path, string Wanted)
    {
        public string Asked => Condition is not null ? $"condition {Condition} = {Wanted}" : $".{string.Join('.', Path!.Parts)} = {Wanted}";

        public static Target Of(StepContext context)
        {
            var resource = context.Parameters.Text("resource");
            if (resource.Split('/') is not [var kind, { Length: > 0 } name] || !Reads.ContainsKey(kind))
            {
                throw new StepFailedException($"'{resource}' is no resource; allowed: KIND/NAME with one of {string.Join(", ", Reads.Keys)}");
            }

            var condition = context.Parameters.OptionalText("condition");
            var path = context.Parameters.OptionalText("json-path");
            var wanted = context.Parameters.OptionalText("equals");
            try
            {
                return (condition, path, wanted) switch
                {
                    ({ } c, null, null) => new Target(kind, name, c, null, "True"),
                    (null, { } p, { } w) => new Target(kind, name, null, JsonPath.Parse(p), w),
                    _ => throw new StepFailedException("give either condition, or json-path and equals"),
                };
            }
            catch (FormatException e)
            {
                throw new StepFailedException(e.Message);
            }
        }

        public string? Read(JsonNode? root) =>
            Path is not null ? Path.Find(root)
            : (root?["status"]?["conditions"] as JsonArray)?.FirstOrDefault(c => c?["type"]?.ToString() == Condition)?["status"]?.ToString();
    }
}
