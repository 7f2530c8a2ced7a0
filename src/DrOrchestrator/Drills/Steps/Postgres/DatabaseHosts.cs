using System.Buffers;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Asks the own hosts of databases, by the way the estate names; only programs that the server's settings allow are started.</summary>
internal sealed class DatabaseHosts(AllowedCommands allowed, TimeProvider time, HostJobs? jobs = null, HostExecs? execs = null)
{
    /// <summary>A reconciliation list is the longest that comes.</summary>
    private const int MostOutput = 4 * 1024 * 1024;

    /// <summary>For a look. A host whose disk hangs, or whose sshd has accepted and stands still, never ends one by itself.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The script's own rule, held here already: a way to the host that goes through a shell (ssh joins its words and has them split again there) would run what else a word holds
    /// before the script sees it.
    /// </summary>
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-");

    private static readonly Dictionary<string, string> NoEnvironment = [];

    private HostAsker? _asker;

    /// <summary>The same for a step: what its Jobs are named after, and the permit they need.</summary>
    public DatabaseHosts For(StepContext context) => new(allowed, time, jobs, execs) { _asker = new HostAsker(context.Estate, context) };

    /// <summary>The same for a look that belongs to no step.</summary>
    public DatabaseHosts For(Estate estate) => new(allowed, time, jobs, execs) { _asker = new HostAsker(estate, null) };

    /// <summary>Has a verb done there.</summary>
    /// <exception cref="OperationCanceledException">It was given up; what the host does with it nobody knows.</exception>
    public async Task<HostAnswer> AskAsync(DatabaseDefinition database, CancellationToken cancellationToken, string verb, params IEnumerable<string> words)
    {
        // A Job is found again by its name, whoever made it; what was started in another way is not.
        if (database.Host is DatabaseHost.Job job && jobs is not null && _asker is not null)
        {
            return Array.Find((string[])[verb, .. words], word => !IsPlain(word)) is { } odd ? new HostAnswer.No(NoPlainWord(odd))
                : await jobs.AskAsync(_asker, database, job, verb, [.. words], cancellationToken).ConfigureAwait(false);
        }

        if (database.Host is DatabaseHost.Exec exec && execs is not null && _asker is not null)
        {
            return Array.Find((string[])[verb, .. words], word => !IsPlain(word)) is { } odd ? new HostAnswer.No(NoPlainWord(odd))
                : Repeated(verb, await execs.AskAsync(_asker, database, exec, verb, [.. words], LongestLook, cancellationToken).ConfigureAwait(false));
        }

        if (database.Host is not DatabaseHost.Command command)
        {
            return new HostAnswer.No($"the estate names no way to the host of '{database.Name}'");
        }

        string[] plain = [verb, .. words];
        return Repeated(verb, allowed.Refusal(command.Program) is { } refusal ? new HostAnswer.No(refusal)
            : Array.Find(plain, word => !IsPlain(word)) is { } strange ? new HostAnswer.No(NoPlainWord(strange))
            : HostAnswer.Of(verb, await ProgramRun.RunAsync(command.Program, [.. command.Arguments, .. plain], NoEnvironment, time, cancellationToken, MostOutput).ConfigureAwait(false)));
    }

    /// <summary>A refusal says nothing of what an earlier life of the same intent may have asked for (<see cref="StepContext.Repeats"/>).</summary>
    private HostAnswer Repeated(string verb, HostAnswer answer) => answer is HostAnswer.No no && _asker?.Step is { Repeats: true } && !HostExecs.IsLook(verb)
        ? no.AskedBefore()
        : answer;

    /// <summary>Whether a text goes to a host as one word and nothing else.</summary>
    public static bool IsPlain(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(PlainCharacters);

    /// <summary>Whether a Job could be made on the server's volume, asked of the cluster without making one; null where another way leads to the host.</summary>
    public async Task<(bool Could, string Words)?> TryJobAsync(DatabaseDefinition database, CancellationToken cancellationToken) =>
        database.Host is DatabaseHost.Job job && jobs is not null && _asker is not null ? await jobs.TryAsync(_asker, database, job, cancellationToken).ConfigureAwait(false) : null;

    private static string NoPlainWord(string word) => $"'{word}' is no plain word: only letters, digits and . _ : / - go to a host";

    /// <summary>What is there now; a reason in words where the host does not say.</summary>
    public async Task<(HostStatus? Status, string Reason)> LookAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        var answer = await InTimeAsync(database, "status", cancellationToken).ConfigureAwait(false);
        return (answer is HostAnswer.Said said ? HostStatus.From(said.Facts) : null, answer.Reason);
    }

    /// <summary>A verb that only looks, given up where it takes longer than a look may.</summary>
    public async Task<HostAnswer> InTimeAsync(DatabaseDefinition database, string verb, CancellationToken cancellationToken, params IEnumerable<string> words)
    {
        var longest = database.Host is DatabaseHost.Job ? HostJobs.LongestLook : LongestLook;
        using var ends = new CancellationTokenSource(longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            return await AskAsync(database, both.Token, verb, words).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HostAnswer.Silent($"the host of {database.Name} does not answer within {Durations.Format(longest)}");
        }
    }
}
