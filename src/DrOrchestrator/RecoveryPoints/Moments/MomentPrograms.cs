using System.Globalization;
using DrOrchestrator.Commands;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>Runs the programs that know of backups, where the server's settings allow that exact program.</summary>
internal sealed class MomentPrograms(AllowedCommands allowed, ProcessClock clock)
{
    /// <summary>A repository with thousands of backups has a long list; beyond this it is cut, and then no JSON any more.</summary>
    private const int MostOutput = 8 * 1024 * 1024;

    /// <param name="read">Makes a result of the output of a run that ended well.</param>
    public async Task<MomentResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        TimeSpan timeout,
        Func<string, MomentResult> read,
        CancellationToken cancellationToken)
    {
        if (allowed.Refusal(program) is { } refusal)
        {
            return new MomentResult.Failed(clock.Now, refusal);
        }

        using var deadline = new CancellationTokenSource(timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await ProgramRun.RunAsync(program, arguments, environment, clock.Provider, both.Token, MostOutput).ConfigureAwait(false) switch
            {
                ProgramResult.Ended { ExitCode: 0 } ended => read(ended.Output),
                ProgramResult.Ended ended => new MomentResult.Failed(clock.Now, $"{program} ended with {ended.ExitCode}: {LastLine(ended.Error.Length > 0 ? ended.Error : ended.Output, environment)}"),
                ProgramResult.NotStarted not => new MomentResult.Failed(clock.Now, $"{program} cannot be started: {not.Why}"),
                var other => throw new InvalidOperationException($"unexpected result {other}"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MomentResult.Failed(clock.Now, string.Create(CultureInfo.InvariantCulture, $"{program} did not end within {timeout.TotalSeconds:0.###}s and was killed"));
        }
    }

    /// <summary>The last line that says something, without what was handed over as a secret.</summary>
    private static string LastLine(string text, IReadOnlyDictionary<string, string> environment)
    {
        var line = text.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0) ?? "it said nothing";
        foreach (var secret in environment.Values.Where(value => value.Length > 3))
        {
            line = line.Replace(secret, "***", StringComparison.Ordinal);
        }

        return string.Concat((line.Length > 300 ? line[..300] : line).Select(c => char.IsControl(c) ? ' ' : c));
    }
}
