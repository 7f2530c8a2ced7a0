using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>Asks the hosts where backups are restored, by the way the estate names; only programs that the server's settings allow are started.</summary>
internal sealed class RestoreHosts(AllowedCommands allowed, TimeProvider time)
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>Has a verb of <c>runbooks/postgres-restore.sh</c> done for a mark.</summary>
    /// <exception cref="OperationCanceledException">It was given up; what the host does with it nobody knows.</exception>
    public async Task<HostAnswer> AskAsync(RestorePlace place, string verb, string mark, CancellationToken cancellationToken)
    {
        if (place.Way is not DatabaseHost.Command command)
        {
            return new HostAnswer.No($"the estate names no program for the restore place '{place.Name}'");
        }

        return allowed.Refusal(command.Program) is { } refusal
            ? new HostAnswer.No(refusal)
            : HostAnswer.Of(verb, await ProgramRun.RunAsync(command.Program, [.. command.Arguments, verb, mark], NoEnvironment, time, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The place a step names, in the estate in force.</summary>
    public static RestorePlace PlaceOf(StepContext context) =>
        context.Estate.FindRestorePlace(context.Parameters.Text("place")) ?? throw new StepFailedException($"the estate has no restore place '{context.Parameters.Text("place")}' any more");
}
