using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// Has verbs of the host's script done by <c>pods/exec</c> in a server's own pod. What is said there counts only with the cluster's word that it was said in one and the same container of one and the
/// same pod, and that nobody else has its volume, before and after. A connection that breaks is no answer, whatever came before it.
/// </summary>
internal sealed class HostExecs(ClusterConnections connections, TimeProvider time)
{
    private const string Fence = "fence";
    private const string Check = "check";

    /// <summary>A reconciliation list is the longest that comes.</summary>
    private const int MostOutput = 4 * 1024 * 1024;

    private const int MostError = 64 * 1024;

    /// <summary>What the looks at the pod and the way there may take of the right to act.</summary>
    private static readonly TimeSpan Way = TimeSpan.FromSeconds(2);

    /// <summary>For the last word of a script that was ended because its time was over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Has a verb done there.</summary>
    /// <param name="longestLook">For a verb that only looks; the others end with their step, or when somebody else may carry the run.</param>
    /// <exception cref="PermitOverException">Nothing may be sent any more, and nothing was.</exception>
    /// <exception cref="OperationCanceledException">It was given up; what the pod does with it nobody knows.</exception>
    public async Task<HostAnswer> AskAsync(
        HostAsker asker, DatabaseDefinition database, DatabaseHost.Exec exec, string verb, IReadOnlyList<string> words, TimeSpan longestLook, CancellationToken cancellationToken)
    {
        var isLook = IsLook(verb);
        if (!isLook && asker.Step is null)
        {
            return new HostAnswer.No($"'{verb}' is done by steps of a run only");
        }

        var lasts = isLook ? longestLook : Shorter(asker.Step!.Step.Timeout, asker.Step.Permit.Left - Way);
        if (lasts <= TimeSpan.Zero)
        {
            throw new PermitOverException();
        }

        var given = false;
        var said = new ExecStreams(new ExecOutput(MostOutput, 0), new ExecOutput(MostError, 0)) { NeedsWholeOutput = true };
        using var ends = new CancellationTokenSource(lasts + Grace, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            var client = connections.Of(asker.Estate, database.Site);
            var before = await ExecSight.ReadAsync(client, exec, both.Token).ConfigureAwait(false);
            if (before.Objection(exec) is { } objection)
            {
                return Nothing(isLook, objection);
            }

            var end = await PodExec.RunAsync(
                client,
                new PodCommand(exec.Namespace, exec.Pod, exec.Container, [.. HostExecCommand.Make(exec, verb, words, lasts)]),
                HostExecCommand.Script,
                () =>
                {
                    // From here on it may act for all of its time: that must be over before somebody else may carry the run.
                    if (!isLook && asker.Step!.Permit.Left < lasts)
                    {
                        throw new PermitOverException();
                    }

                    given = true;
                },
                said,
                both.Token).ConfigureAwait(false);
            return end switch
            {
                PodExecEnd.NotBegun not => Nothing(isLook, not.Reason),
                PodExecEnd.NotStarted not => new HostAnswer.Silent($"{verb} in pod {exec.Pod}: {not.Reason}"),
                PodExecEnd.Broken broken => new HostAnswer.Silent($"{verb} in pod {exec.Pod}: {broken.Reason}"),
                PodExecEnd.Ended ended => await AnswerAsync(client, exec, verb, before, new ProgramResult.Ended(ended.ExitCode, said.Output.Text, said.Error.Text), both.Token).ConfigureAwait(false),
                _ => throw new InvalidOperationException($"{end} is no end of a command"),
            };
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new HostAnswer.Silent($"{verb} in pod {exec.Pod} gives no answer within {Durations.Format(lasts)}");
        }
        catch (Exception e) when (ClusterFailure.Of(e, both.Token) is { } failure)
        {
            return given ? new HostAnswer.Silent($"what {verb} in pod {exec.Pod} did is not known: {failure.Reason}") : Nothing(isLook, failure.Reason);
        }
    }

    /// <summary>Whether a verb changes nothing.</summary>
    public static bool IsLook(string verb) => HostJobs.IsLook(verb) || verb == Check;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>The script was not given to anybody: a look shows nothing, and an effect surely did not happen.</summary>
    private static HostAnswer Nothing(bool isLook, string reason) => isLook ? new HostAnswer.Silent(reason) : new HostAnswer.No(reason);

    private static async Task<HostAnswer> AnswerAsync(
        k8s.IKubernetes client, DatabaseHost.Exec exec, string verb, ExecSight before, ProgramResult.Ended ended, CancellationToken cancellationToken)
    {
        IReadOnlyList<RawOutput> evidence = IsLook(verb) ? [] : [Evidence(exec, verb, before, ended)];
        var after = await ExecSight.ReadAsync(client, exec, cancellationToken).ConfigureAwait(false);
        if (!before.IsSame(after, exec))
        {
            return new HostAnswer.Silent($"pod {exec.Pod} was replaced, or its container {exec.Container} started again, while {verb} was asked of it: what it said is not taken") { Evidence = evidence };
        }

        var answer = HostAnswer.Of(verb, ended);
        if (verb is HostJobs.Look or Fence && answer is HostAnswer.Said said
            && (after.Objection(exec) ?? after.LockFileObjection(exec, HostStatus.From(said.Facts), said.Facts.Flag("lockFile"), said.Facts.Text("how"))) is { } objection)
        {
            return verb == HostJobs.Look ? new HostAnswer.Silent(objection) : new HostAnswer.NotYet(objection, said.Facts) { Evidence = evidence };
        }

        return answer with { Evidence = evidence };
    }

    private static RawOutput Evidence(DatabaseHost.Exec exec, string verb, ExecSight before, ProgramResult.Ended ended) => new(
        $"host-{verb}.json",
        "application/json",
        Encoding.UTF8.GetBytes(new JsonObject
        {
            ["pod"] = exec.Pod,
            ["uid"] = before.Pod!.Metadata.Uid,
            ["namespace"] = exec.Namespace,
            ["container"] = exec.Container,
            ["exitCode"] = ended.ExitCode,
            ["output"] = ended.Output,
            ["error"] = ended.Error,
        }.ToJsonString()));
}
