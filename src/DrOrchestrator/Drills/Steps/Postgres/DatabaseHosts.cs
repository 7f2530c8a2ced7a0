using DrOrchestrator.Commands;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Asks the own hosts of databases, by the way the estate names; only programs that the server's settings allow are started.</summary>
internal sealed class DatabaseHosts(AllowedCommands allowed, TimeProvider time)
{
    /// <summary>A reconciliation list is the longest that comes.</summary>
    private const int MostOutput = 4 * 1024 * 1024;

    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>Has a verb done there.</summary>
    /// <exception cref="OperationCanceledException">It was given up; what the host does with it nobody knows.</exception>
    public async Task<HostAnswer> AskAsync(DatabaseDefinition database, CancellationToken cancellationToken, string verb, params IEnumerable<string> words)
    {
        if (database.Host is not DatabaseHost.Command command)
        {
            return new HostAnswer.No($"the estate names no way to the host of '{database.Name}'");
        }

        return allowed.Refusal(command.Program) is { } refusal
            ? new HostAnswer.No(refusal)
            : HostAnswer.Of(
                verb,
                await ProgramRun.RunAsync(command.Program, [.. command.Arguments, verb, .. words], NoEnvironment, time, cancellationToken, MostOutput).ConfigureAwait(false));
    }

    /// <summary>What is there now; a reason in words where the host does not say.</summary>
    public async Task<(HostStatus? Status, string Reason)> LookAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(database, cancellationToken, "status").ConfigureAwait(false);
        return (answer is HostAnswer.Said said ? HostStatus.From(said.Facts) : null, answer.Reason);
    }
}
