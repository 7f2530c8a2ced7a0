using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>
/// <c>k8s.job</c>: runs a command at a site as a Job named by the step's marker, so that two requests for it are one Job. The step is once; its container at least once.
/// </summary>
internal sealed class K8sJobStep(ClusterConnections connections, TimeProvider time) : ITriedKind
{
    private const int LongestName = 63;

    public StepKindShape Shape { get; } = new(
        "k8s.job",
        StepEffect.Irreversible,
        NeedsSite: true,
        "Runs a command as a Kubernetes Job and reads its last line of log as outputs.",
        JobSettings.Shapes,
        ["role", "epoch", "position", "forkPosition", "oldEnd", "divergent", "listed", "complete", "fork", "exitCode"])
    {
        Judge = JobSettings.Judge,
        DeclaredOutputs = with => with.Texts("outputs"),
        NeedsSecrets = JobSettings.SecretsOf,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Marker.Length > LongestName)
        {
            throw new StepFailedException(string.Create(
                CultureInfo.InvariantCulture, $"the Job would be called '{context.Marker}', {context.Marker.Length} characters; allowed: {LongestName}. Give the step a shorter name"));
        }

        var codes = ParseCodes(context);
        var settings = JobSettings.Of(context.Parameters);
        var client = connections.Of(context.Estate, context.Site());
        await SiteCalls.ReadOrFailAsync(
            $"jobs in {context.Namespace()} at {context.Site()}",
            () => client.BatchV1.ListNamespacedJobAsync(context.Namespace(), limit: 1, cancellationToken: cancellationToken),
            cancellationToken).ConfigureAwait(false);
        var versions = await JobSecrets.RequireAsync(client, context.Namespace(), context.Site(), settings.Secrets, cancellationToken).ConfigureAwait(false);
        return new JsonObject
        {
            ["job"] = context.Marker,
            ["namespace"] = context.Namespace(),
            ["command"] = new JsonArray([.. context.Parameters.Texts("command").Select(c => JsonValue.Create(c))]),
            ["claim"] = settings.Claim,
            ["image"] = settings.Image,
            ["scratch"] = settings.Scratch,
            ["secrets"] = new JsonArray([.. settings.Secrets.Select(secret => JsonValue.Create(secret))]),
            ["secretVersions"] = new JsonObject(settings.EnvFrom.Distinct(StringComparer.Ordinal).Select(secret => KeyValuePair.Create(secret, (JsonNode?)versions[secret]))),
            ["noEffectExitCodes"] = new JsonArray([.. codes.Select(c => JsonValue.Create(c))]),
        };
    }

    /// <summary>Quotas, admission and rights, and whether the fields are of a Job; whether its image and its volume are there is told by no API server.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        await PrepareAsync(context, cancellationToken).ConfigureAwait(false);
        var job = JobManifest.Make(context.Marker, context.Namespace(), context.Parameters, EffectMark.Of(context));
        await connections.Of(context.Estate, context.Site()).BatchV1.CreateNamespacedJobAsync(job, context.Namespace(), dryRun: "All", fieldManager: FieldOwners.Job, cancellationToken: cancellationToken).ConfigureAwait(false);
        return [new TriedObject($"jobs/{context.Marker}", TriedAnswer.Made, [])];
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var trouble = "its time was over before it could be made";
        var (mayExist, stoodStill) = (context.Repeats, false);
        do
        {
            var (creating, isLast) = (false, deadline.HasPassed);
            try
            {
                var client = connections.Of(context.Estate, context.Site());
                var job = await FindAsync(client, context, cancellationToken).ConfigureAwait(false);
                if (job is null && deadline.HasPassed)
                {
                    // The last look, or as a process that stood still finds it: whoever took over may be making it.
                    stoodStill = !isLast;
                    break;
                }

                if (job is null)
                {
                    context.Permit.Require();
                    creating = true;
                    job = await MakeAsync(client, context, cancellationToken).ConfigureAwait(false);
                }

                if (job.Metadata.Annotations?.TryGetValue(Annotations.Marker, out var marker) != true || marker != context.Marker)
                {
                    return new StepOutcome.Failed($"a Job {context.Marker} is there that this run has not made");
                }

                mayExist = true;
                if (JobState.IsFinished(job))
                {
                    return ToOutcome(await FinishAsync(client, context, intent, job, cancellationToken).ConfigureAwait(false));
                }

                // A look at its pods is of use to whoever waits no longer.
                trouble = deadline.Remaining < SiteCalls.PollInterval ? await PodWaits.OfAsync(client, job, cancellationToken).ConfigureAwait(false) : "it is still running";
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                // A request that got no clear answer may act late, whatever the server says to the next one.
                mayExist |= creating && (failure.MayHaveActed || failure.IsConflict);
                if (failure.IsFinal && !mayExist)
                {
                    return new StepOutcome.Failed($"Job {context.Marker} cannot be made: {failure.Reason}");
                }

                trouble = failure.Reason;
            }
        }
        while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        return !mayExist && !stoodStill
            ? new StepOutcome.Failed($"Job {context.Marker} cannot be made: {trouble}")
            : new StepOutcome.Unknown($"how Job {context.Marker} ended is not known after {Durations.Format(context.Step.Timeout)}: {trouble}");
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            if (await FindAsync(client, context, cancellationToken).ConfigureAwait(false) is not { } job)
            {
                return new Observation(ObservedAnswer.CannotHappenAnyMore, $"there is no Job {context.Marker}; a late request and a new one would be the same Job", OnlyByRepeating: true);
            }

            if (!JobState.IsFinished(job))
            {
                return new Observation(ObservedAnswer.StillMay, $"Job {context.Marker} has not ended: {await PodWaits.OfAsync(client, job, cancellationToken).ConfigureAwait(false)}");
            }

            return await FinishAsync(client, context, intent, job, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"Job {context.Marker} cannot be read: {failure.Reason}");
        }
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"run {string.Join(' ', step.Parameters.Texts("command"))} as a Job in {step.Parameters.Text("namespace")} at {step.Site}";

    // A job that failed with a no-effect code is shown to Execute again, which finds it and says Failed without making another.
    private static StepOutcome ToOutcome(Observation seen) => seen.Answer switch
    {
        ObservedAnswer.Happened => new StepOutcome.Done(seen.Outputs!, seen.Objects),
        ObservedAnswer.CannotHappenAnyMore => new StepOutcome.Failed(seen.Detail, seen.Objects),
        _ => new StepOutcome.Unknown(seen.Detail),
    };

    private static async Task<Observation> FinishAsync(IKubernetes client, StepContext context, JsonObject intent, V1Job job, CancellationToken cancellationToken)
    {
        var remains = await JobRemains.ReadAsync(client, job, cancellationToken).ConfigureAwait(false);
        var exit = remains.ExitCode;
        var code = exit?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
        var (log, gone, changed) = await JobSecrets.MaskAsync(client, job.Metadata.NamespaceProperty, context.Parameters.Texts(JobSettings.EnvFromSecrets), intent["secretVersions"] as JsonObject, remains, cancellationToken).ConfigureAwait(false);
        var saysNoEffect = JobState.IsFailed(job) && exit is { } failed && ParseCodes(context).Contains(failed);
        if (log is null)
        {
            // An exit code tells nothing of a secret, and needs no log to be believed.
            return new Observation(saysNoEffect ? ObservedAnswer.CannotHappenAnyMore : ObservedAnswer.CannotTell, gone is not null
                ? $"job ended with exit code {code}, and its log is not kept: secret {gone} is not there any more, so that nobody can say what of it is secret"
                : $"job ended with exit code {code}, and its log is not kept: secret {changed} was changed or made anew since the Job was prepared, so that nobody can say what of it is secret");
        }

        var objects = new List<RawOutput> { new("job.log", "text/plain; charset=utf-8", log) };
        if (JobState.IsFailed(job))
        {
            return saysNoEffect
                ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"job failed with exit code {code}, by which it says that it changed nothing: {LastLine(log)}", null, objects)
                : new Observation(ObservedAnswer.CannotTell, $"job failed with exit code {code}; its effect is unknown", null, objects);
        }

        // What was not read to its end has no last line that anybody knows.
        var outputs = remains.EndsWithin ? [] : ParseLastLine(log) ?? [];
        var needed = context.Parameters.Texts("outputs").Concat(StepReferences.To(context.Step.Name, context.Plan.AllSteps));
        if (needed.FirstOrDefault(o => !outputs.ContainsKey(o) && o != "exitCode") is { } absent)
        {
            return new Observation(ObservedAnswer.CannotTell, remains.EndsWithin
                ? $"job succeeded, but its log is longer than what is read of one: what its last line says of '{absent}' is not known"
                : $"job succeeded, but the last line of its log has no field '{absent}'", null, objects);
        }

        outputs["exitCode"] = exit ?? 0;

        // A list for people may be long: it is kept once, as an object of evidence, and the outputs say how much of it there is.
        if (outputs.Remove("reconciliation", out var list) && list is not null)
        {
            objects.Add(new RawOutput("reconciliation.json", "application/json", Encoding.UTF8.GetBytes(list.ToJsonString())));
        }

        return new Observation(ObservedAnswer.Happened, $"Job {context.Marker} is complete", outputs, objects);
    }

    private static async Task<V1Job> MakeAsync(IKubernetes client, StepContext context, CancellationToken cancellationToken) =>
        await client.BatchV1.CreateNamespacedJobAsync(
            JobManifest.Make(context.Marker, context.Namespace(), context.Parameters, EffectMark.Of(context)),
            context.Namespace(),
            fieldManager: FieldOwners.Job,
            cancellationToken: cancellationToken).ConfigureAwait(false);

    private static async Task<V1Job?> FindAsync(IKubernetes client, StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await client.BatchV1.ReadNamespacedJobAsync(context.Marker, context.Namespace(), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }

    private static List<int> ParseCodes(StepContext context) =>
    [
        .. context.Parameters.Texts("failed-means-no-effect-exit-codes").Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is > 0 and < 256
                ? code
                : throw new StepFailedException($"failed-means-no-effect-exit-codes: '{text}'; allowed: 1 to 255")),
    ];

    private static string LastLine(byte[] log) => Encoding.UTF8.GetString(log).TrimEnd().Split('\n')[^1].Trim();

    private static JsonObject? ParseLastLine(byte[] log)
    {
        try
        {
            return JsonNode.Parse(LastLine(log)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
