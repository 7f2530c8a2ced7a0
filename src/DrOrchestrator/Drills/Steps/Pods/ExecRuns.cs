using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>What became of a command in a container: how it ended; or why it surely did not begin; or why nobody knows. One of the three is there.</summary>
/// <param name="End">How it ended, in the container that was chosen.</param>
/// <param name="Failed">For people.</param>
/// <param name="Unclear">For people.</param>
/// <param name="Objects">What was heard of it, whatever became of it.</param>
internal sealed record ExecRun(CommandEnd? End, string? Failed, string? Unclear, IReadOnlyList<RawOutput> Objects);

/// <summary>
/// Runs commands in containers for <c>k8s.exec</c>. <c>pods/exec</c> takes no precondition: that it was the container that was chosen is shown by looking at it before and after. Whatever ends the
/// connection, the command may go on: it is never ended from here.
/// </summary>
internal sealed class ExecRuns(ClusterConnections connections, TimeProvider time)
{
    /// <summary>Bytes kept of the beginning and of the end of each of the two outputs.</summary>
    public const int MostOfEach = 32 * 1024;

    /// <param name="chosen">Null for whichever is there now.</param>
    /// <param name="name">How its outputs are called in evidence.</param>
    /// <param name="timeout">After that it is not waited for any longer.</param>
    /// <param name="permit">Asked right before the request leaves.</param>
    /// <exception cref="PermitOverException">Nothing may be sent any more, and nothing was.</exception>
    public async Task<ExecRun> RunAsync(StepContext context, ExecTarget? chosen, IReadOnlyList<string> command, string name, TimeSpan timeout, SendPermit permit, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, timeout);
        var longest = permit.Left < deadline.Remaining ? permit.Left : deadline.Remaining;
        using var ends = new CancellationTokenSource(longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var streams = new ExecStreams(new ExecOutput(MostOfEach, MostOfEach), new ExecOutput(MostOfEach, MostOfEach));
        var (target, isSent) = (chosen, false);
        int? code = null;
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            target ??= await ExecTarget.FindAsync(client, context.Parameters, both.Token).ConfigureAwait(false);
            if (chosen is not null && await chosen.LostAsync(client, context.Namespace(), both.Token).ConfigureAwait(false) is { } lost)
            {
                return new ExecRun(null, $"{lost} since the step was prepared; {command[0]} was not started", null, []);
            }

            var end = await PodExec.RunAsync(
                client,
                new PodCommand(context.Namespace(), target.Pod, target.Container, command),
                () =>
                {
                    permit.Require();
                    isSent = true;
                },
                streams,
                both.Token).ConfigureAwait(false);
            code = (end as PodExecEnd.Ended)?.ExitCode;
            return end switch
            {
                PodExecEnd.NotBegun { IsForbidden: true } not => new ExecRun(null, $"{command[0]} could not be started: {not.Reason}; it takes the rights to create and to get pods/exec in namespace {context.Namespace()}", null, []),
                PodExecEnd.NotBegun { IsSure: true } not => new ExecRun(null, $"{command[0]} could not be started: {not.Reason}", null, []),
                PodExecEnd.NotBegun not => Unclear($"whether {command[0]} began in pod {target.Pod} is not known: {not.Reason}"),
                PodExecEnd.NotStarted not when ExecRefusals.IsOfTheProgram(not.Reason) => new ExecRun(null, $"container {target.Container} of pod {target.Pod} cannot start {command[0]}: {not.Reason}", null, []),
                PodExecEnd.NotStarted not => new ExecRun(null, $"{command[0]} could not be started: {not.Reason}", null, []),
                PodExecEnd.Broken broken => Unclear($"what {command[0]} did in pod {target.Pod} is not known: {broken.Reason}"),
                PodExecEnd.Ended ended => await SameAsync(client, context, target, command, deadline, both.Token).ConfigureAwait(false) is { } other ? Unclear(other) : Ended(ended.ExitCode),
                _ => throw new UnreachableException(),
            };
        }
        catch (StepFailedException nowhere)
        {
            return new ExecRun(null, nowhere.Message, null, []);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return code is not null ? Unclear(Unread(command, "no answer in time"))
                : isSent ? Unclear($"{command[0]} did not end within {Durations.Format(timeout)}; it may go on in pod {target!.Pod}, where it is not ended from here")
                : new ExecRun(null, $"{command[0]} could not be started within {Durations.Format(timeout)}", null, []);
        }
        catch (Exception e) when (ClusterFailure.Of(e, both.Token) is { } failure)
        {
            return isSent ? Unclear($"what {command[0]} did in pod {target!.Pod} is not known: {failure.Reason}") : new ExecRun(null, $"{command[0]} could not be started: {failure.Reason}", null, []);
        }

        ExecRun Unclear(string why) => new(null, null, why, Evidence());

        ExecRun Ended(int exitCode)
        {
            var (output, error) = (TextOf(streams.Output), TextOf(streams.Error));
            return new ExecRun(new CommandEnd(exitCode, CommandEnd.WordsOf(output, error), CommandEnd.LastObject(output, StepSecrets.None), Evidence()), null, null, []);
        }

        IReadOnlyList<RawOutput> Evidence() => EvidenceOf(context, target!, command, name, code, streams);
    }

    private static string Unread(IReadOnlyList<string> command, string why) => $"{command[0]} has ended, and whether it ran in the pod that was chosen cannot be read: {why}";

    /// <summary>Why what was said does not count; null where it was said in the container that was chosen.</summary>
    private static async Task<string?> SameAsync(k8s.IKubernetes client, StepContext context, ExecTarget target, IReadOnlyList<string> command, StepDeadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await target.LostAsync(client, context.Namespace(), cancellationToken).ConfigureAwait(false) is { } lost ? $"{lost} while {command[0]} ran: where it ran, and what of it stands, is not known" : null;
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                if (!failure.IsPassing || !await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
                {
                    return Unread(command, failure.Reason);
                }
            }
        }
    }

    private static string TextOf(ExecOutput output) => output.IsText ? output.Text : "";

    private static IReadOnlyList<RawOutput> EvidenceOf(StepContext context, ExecTarget target, IReadOnlyList<string> command, string name, int? exitCode, ExecStreams streams)
    {
        var objects = new List<RawOutput>
        {
            new($"{name}-exec.json", "application/json", Encoding.UTF8.GetBytes(new JsonObject
            {
                ["site"] = context.Site(),
                ["namespace"] = context.Namespace(),
                ["pod"] = target.Pod,
                ["uid"] = target.Uid,
                ["container"] = target.Container,
                ["containerId"] = target.ContainerId,
                ["command"] = JournalJson.Array(command),
                ["exitCode"] = exitCode,
                ["stdout"] = Counted(streams.Output),
                ["stderr"] = Counted(streams.Error),
            }.ToJsonString())),
        };
        foreach (var (stream, output) in ((string, ExecOutput)[])[("stdout", streams.Output), ("stderr", streams.Error)])
        {
            if (output.Total > 0)
            {
                objects.Add(output.IsText ? new RawOutput($"{name}-{stream}.txt", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(output.Text)) : new RawOutput($"{name}-{stream}.bin", "application/octet-stream", output.Bytes));
            }
        }

        return objects;
    }

    private static JsonObject Counted(ExecOutput output) => new() { ["bytes"] = output.Total, ["kept"] = output.Kept, ["cut"] = output.IsCut };
}
