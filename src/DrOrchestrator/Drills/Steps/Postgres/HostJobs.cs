using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Who asks a host: the estate that leads to clusters, and the step its Jobs are named after.</summary>
/// <param name="Step">Null for a look that belongs to no step.</param>
internal sealed record HostAsker(Estate Estate, StepContext? Step);

/// <summary>
/// Has verbs of the host's script done by Jobs on a server's volume. A verb of an attempt is one Job by its name, so that whoever carries the run on after a crash finds it. That the
/// server does not run is the cluster's word (no pod has the claim, before and after), never the Job's: it sees no process but its own.
/// </summary>
internal sealed class HostJobs(ClusterConnections connections, TimeProvider time)
{
    /// <summary>The verb that only looks.</summary>
    public const string Look = "status";

    /// <summary>And the one that looks for old data.</summary>
    public const string KeptLook = "kept";

    private const string Fence = "fence";

    /// <summary>A volume may have to be attached to a node, and an image fetched.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(60);

    private const int LongestName = 63;
    private const int MostAsked = 9;

    /// <summary>Has a verb done, or finds out how it ended.</summary>
    /// <exception cref="OperationCanceledException">It was given up; the Job goes on.</exception>
    public async Task<HostAnswer> AskAsync(HostAsker asker, DatabaseDefinition database, DatabaseHost.Job job, string verb, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (IsLook(verb))
        {
            return await LookAsync(asker, database, job, verb, words, cancellationToken).ConfigureAwait(false);
        }

        if (asker.Step is not { } step)
        {
            return new HostAnswer.No($"'{verb}' is done by steps of a run only");
        }

        var deadline = new StepDeadline(time, step.Step.Timeout);
        var (asked, isWaitedFor, mayExist, mayHaveDone) = (1, false, step.Repeats, false);
        var trouble = "its time was over before it could be made";
        do
        {
            var creating = false;
            var name = NameOf(step.Marker, verb, asked);
            try
            {
                var client = connections.Of(asker.Estate, database.Site);
                var found = await FindAsync(client, job.Namespace, name, cancellationToken).ConfigureAwait(false);
                if (found is null)
                {
                    if (deadline.HasPassed)
                    {
                        // As a process that stood still finds it: whoever took over may be making it.
                        break;
                    }

                    var sight = await VolumeSight.ReadAsync(client, job, cancellationToken).ConfigureAwait(false);
                    if ((sight.AtWork(name) is { } other ? AtWork(other) : sight.Objection(job)) is { } objection)
                    {
                        return mayExist ? new HostAnswer.Silent(objection) : new HostAnswer.No(objection);
                    }

                    step.Permit.Require();
                    creating = true;
                    var annotations = EffectMark.Of(step).Annotations;
                    found = await client.BatchV1.CreateNamespacedJobAsync(
                        HostJobManifest.Make(name, job, verb, words, annotations, Shorter(deadline.Remaining, step.Permit.Left)), job.Namespace, fieldManager: FieldOwners.Job, cancellationToken: cancellationToken).ConfigureAwait(false);
                    isWaitedFor = true;
                }

                if (found.Metadata.Annotations?.TryGetValue(Annotations.Marker, out var marker) != true || marker != step.Marker)
                {
                    return Refusal($"a Job {name} is there that this run has not made", mayExist);
                }

                mayExist = true;
                if (JobState.IsFinished(found))
                {
                    var answer = await AnswerAsync(client, asker, database, job, found, verb, cancellationToken).ConfigureAwait(false);
                    if (answer is HostAnswer.Said || isWaitedFor)
                    {
                        return mayHaveDone && answer is HostAnswer.No refusal ? refusal.AskedBefore() : answer;
                    }

                    // Asked before, without success: the script goes on from there when it is asked again.
                    mayHaveDone |= answer is not HostAnswer.No;
                    if (++asked > MostAsked)
                    {
                        return mayHaveDone && answer is HostAnswer.No no ? no.AskedBefore() : answer;
                    }

                    continue;
                }

                isWaitedFor = true;
                trouble = await WhyWaitingAsync(client, found, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                // A request that got no clear answer may act late, whatever the server says to the next one.
                var made = creating && (failure.MayHaveActed || failure.IsConflict);
                mayExist |= made;
                isWaitedFor |= made;
                if (failure.IsFinal && !isWaitedFor)
                {
                    return Refusal($"Job {name} cannot be made: {failure.Reason}", mayExist);
                }

                trouble = failure.Reason;
            }
        }
        while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        var last = NameOf(step.Marker, verb, asked);
        return mayExist
            ? new HostAnswer.Silent($"how Job {last} ended is not known after {Durations.Format(step.Step.Timeout)}: {trouble}")
            : new HostAnswer.No($"Job {last} was not made: {trouble}");
    }

    /// <summary>Whether a Job could be made on the volume, asked of the cluster without making one.</summary>
    public async Task<(bool Could, string Words)> TryAsync(HostAsker asker, DatabaseDefinition database, DatabaseHost.Job job, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(asker.Estate, database.Site);
            var sight = await VolumeSight.ReadAsync(client, job, cancellationToken).ConfigureAwait(false);

            // The server's own pods have it, as they should: what would stand against a Job without them?
            if ((sight with { Pods = [] }).Objection(job) is { } objection)
            {
                return (false, objection);
            }

            await client.ReadWorkloadAsync(job.Namespace, WorkloadName.Parse(job.Workload), cancellationToken).ConfigureAwait(false);
            await client.BatchV1.CreateNamespacedJobAsync(
                HostJobManifest.Make(LookName(), job, Look, [], MarksOf(asker), LongestLook), job.Namespace, dryRun: "All", fieldManager: FieldOwners.Job, cancellationToken: cancellationToken).ConfigureAwait(false);
            return (true, $"a Job may be made on claim {job.Claim} ({string.Join(", ", sight.Claim!.Spec.AccessModes)}) once {job.Workload} is fenced");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return (false, failure.Reason);
        }
    }

    /// <summary>Whether a verb changes nothing, and mounts the volume read-only.</summary>
    public static bool IsLook(string verb) => verb is Look or KeptLook;

    /// <summary>The name of the Job of a verb of an attempt. Names of the cluster end at 63 characters; the hash keeps what is cut off apart.</summary>
    internal static string NameOf(string marker, string verb, int asked)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{marker}-{verb}{(asked > 1 ? $"-{asked}" : "")}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..10];
        return name.Length <= LongestName ? name : $"{name[..(LongestName - hash.Length - 1)].TrimEnd('-')}-{hash}";
    }

    /// <summary>A refusal says nothing of a Job that may be there, or have been.</summary>
    private static HostAnswer Refusal(string why, bool mayExist) => mayExist ? new HostAnswer.No(why).AskedBefore() : new HostAnswer.No(why);

    /// <summary>A Job of ours must have ended when somebody else may carry the run.</summary>
    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string LookName() => $"dro-look-{Guid.NewGuid():N}";

    private static string AtWork(V1Job other) => $"Job {other.Metadata.Name} is still at work on its volume";

    private static IReadOnlyDictionary<string, string> MarksOf(HostAsker asker) => asker.Step is { } step ? EffectMark.Of(step).Annotations : new Dictionary<string, string>();

    private static async Task<V1Job?> FindAsync(IKubernetes client, string ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.BatchV1.ReadNamespacedJobAsync(name, ns, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }

    /// <summary>What is there, by a Job that mounts the volume read-only. It is taken away again; one that nobody takes away ends and goes by itself.</summary>
    private async Task<HostAnswer> LookAsync(HostAsker asker, DatabaseDefinition database, DatabaseHost.Job job, string verb, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var name = LookName();
        var made = false;
        IKubernetes? client = null;
        try
        {
            client = connections.Of(asker.Estate, database.Site);
            var sight = await VolumeSight.ReadAsync(client, job, cancellationToken).ConfigureAwait(false);
            if ((sight.AtWork(name) is { } other ? AtWork(other) : sight.Objection(job)) is { } objection)
            {
                return new HostAnswer.Silent(objection);
            }

            made = true;
            var found = await client.BatchV1.CreateNamespacedJobAsync(
                HostJobManifest.Make(name, job, verb, words, MarksOf(asker), LongestLook), job.Namespace, fieldManager: FieldOwners.Job, cancellationToken: cancellationToken).ConfigureAwait(false);
            var deadline = new StepDeadline(time, LongestLook);
            while (!JobState.IsFinished(found))
            {
                if (!await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
                {
                    return new HostAnswer.Silent($"Job {name} gives no answer within {Durations.Format(LongestLook)}: {await WhyWaitingAsync(client, found, cancellationToken).ConfigureAwait(false)}");
                }

                found = await client.BatchV1.ReadNamespacedJobAsync(name, job.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            return await AnswerAsync(client, asker, database, job, found, verb, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new HostAnswer.Silent(failure.Reason);
        }
        finally
        {
            if (made)
            {
                await RemoveAsync(client!, job.Namespace, name).ConfigureAwait(false);
            }
        }
    }

    private async Task RemoveAsync(IKubernetes client, string ns, string name)
    {
        using var ends = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await client.BatchV1.DeleteNamespacedJobAsync(name, ns, propagationPolicy: "Background", cancellationToken: ends.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, CancellationToken.None) is not null)
        {
        }
    }

    /// <summary>
    /// What a finished Job said. That the server does not run, which a look and a fence say, counts only while no pod of the server has the volume; what the other verbs did stays done.
    /// </summary>
    private static async Task<HostAnswer> AnswerAsync(IKubernetes client, HostAsker asker, DatabaseDefinition database, DatabaseHost.Job job, V1Job finished, string verb, CancellationToken cancellationToken)
    {
        var remains = await JobRemains.ReadAsync(client, finished, cancellationToken).ConfigureAwait(false);
        var log = Encoding.UTF8.GetString(remains.Log);
        var name = finished.Metadata.Name;
        IReadOnlyList<RawOutput> evidence = IsLook(verb) ? [] : [Evidence(name, job, verb, remains.ExitCode, log)];
        if (remains.ExitCode is not { } code)
        {
            var failed = finished.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Failed");
            return new HostAnswer.Silent($"Job {name} left no exit code: {failed?.Reason} {failed?.Message}".TrimEnd()) { Evidence = evidence };
        }

        var answer = HostAnswer.Of(verb, new ProgramResult.Ended(code, log, ""));
        if (verb is Look or Fence && answer is HostAnswer.Said said)
        {
            var sight = await VolumeSight.ReadAsync(client, job, cancellationToken).ConfigureAwait(false);
            if ((sight.Objection(job) ?? sight.LockFileObjection(job, said.Facts.Flag("lockFile"), IsEndSeen(asker.Step, database, job))) is { } objection)
            {
                return verb == Look ? new HostAnswer.Silent(objection) : new HostAnswer.NotYet(objection, said.Facts) { Evidence = evidence };
            }
        }

        return answer with { Evidence = evidence };
    }

    private static RawOutput Evidence(string name, DatabaseHost.Job job, string verb, int? exitCode, string log) => new(
        $"host-{verb}.json",
        "application/json",
        Encoding.UTF8.GetBytes(new JsonObject { ["job"] = name, ["namespace"] = job.Namespace, ["claim"] = job.Claim, ["image"] = job.Image, ["exitCode"] = exitCode, ["log"] = log }.ToJsonString()));

    /// <summary>Whether a <c>k8s.fence</c> of the same run has seen every container of the server's workload end.</summary>
    private static bool IsEndSeen(StepContext? step, DatabaseDefinition database, DatabaseHost.Job job) => step is not null && step.Plan.AllSteps.Any(other =>
        other.Kind == "k8s.fence" && other.Site == database.Site && step.Steps.OutputsOf(other.Name) is not null && step.Steps.IntentOf(other.Name) is { } intent
        && FenceIntent.From(intent) is { } fence && fence.Namespace == job.Namespace && fence.Workloads.Any(fenced => fenced.Workload == job.Workload));

    /// <summary>Why it does not end yet, as far as its pod says.</summary>
    private static async Task<string> WhyWaitingAsync(IKubernetes client, V1Job job, CancellationToken cancellationToken)
    {
        var pods = await client.AllPodsAsync(job.Metadata.NamespaceProperty, null, cancellationToken).ConfigureAwait(false);
        var pod = pods.FirstOrDefault(one => one.Metadata.OwnerReferences?.Any(owner => owner.Uid == job.Metadata.Uid) == true);
        var waiting = pod?.Status?.ContainerStatuses?.FirstOrDefault()?.State?.Waiting;
        var unscheduled = pod?.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return pod is null ? "it has no pod yet"
            : waiting is not null ? $"its pod waits: {waiting.Reason} {waiting.Message}".TrimEnd()
            : unscheduled is not null ? $"its pod waits for a node: {unscheduled.Message}"
            : "it is still running";
    }
}
