using System.Diagnostics;
using System.Globalization;

namespace DrOrchestrator.Cli.Processes;

/// <summary>
/// A child of ours. It ends when its standard input does, so it cannot outlive us, not even after a SIGKILL; one that does not heed that is killed, with everything
/// it started. What it writes goes to a log file; its newest lines are kept to show why it died.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 12;

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly StreamWriter _log;
    private readonly Lock _oneAtATime = new();
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _exited = new();
    private readonly Task _pumps;
    private bool _stopping;
    private bool _logClosed;

    private ChildProcess(string name, Process process, string logFile, TimeProvider time)
    {
        Name = name;
        LogFile = logFile;
        _process = process;
        _time = time;
        _log = new StreamWriter(logFile) { AutoFlush = true };
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, isOutput: true), PumpAsync(process.StandardError, isOutput: false));
        _ = AnnounceExitAsync();
    }

    /// <summary>For messages: <c>the sandbox</c>.</summary>
    public string Name { get; }

    public string LogFile { get; }

    /// <summary>Process number.</summary>
    public int Id => _process.Id;

    /// <summary>Cancelled when the child is gone.</summary>
    public CancellationToken Exited => _exited.Token;

    /// <summary>True when the child is gone and nobody asked it to go.</summary>
    public bool DiedEarly => !Volatile.Read(ref _stopping) && _exited.IsCancellationRequested;

    /// <summary>After its end: what it left behind unsaid is not waited for longer than this, because children of its own may hold its streams open.</summary>
    private static TimeSpan LastWords { get; } = TimeSpan.FromSeconds(1);

    public static ChildProcess Start(string name, ProcessStartInfo info, string logFile, TimeProvider time) =>
        new(name, Process.Start(info) ?? throw new InvalidOperationException($"{name} was not started."), logFile, time);

    /// <summary>The first line of its standard output: the word that it is ready.</summary>
    public async Task<string> ReadyAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Exited);
        try
        {
            return await _firstLine.Task.WaitAsync(within, _time, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await DiedAsync().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CommandFailedException(ExitCodes.Internal, $"{Name} was not ready within {within.TotalSeconds:0} s. {Why()}");
        }
    }

    /// <summary>What to say of a child that ended by itself. Its own exit code is passed on when it says what kind of failure it was.</summary>
    public async Task<CommandFailedException> DiedAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        var code = _process.ExitCode;
        return new CommandFailedException(
            code is ExitCodes.Usage or ExitCodes.InvalidEstate or ExitCodes.DataFolderInUse ? code : ExitCodes.Internal,
            string.Create(CultureInfo.InvariantCulture, $"{Name} ended by itself with exit code {code}. {Why()}"));
    }

    /// <summary>Closes its standard input and waits; kills it and everything it started when <paramref name="within"/> is over or <paramref name="atOnce"/> says so.</summary>
    /// <returns>True when it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan within, CancellationToken atOnce)
    {
        Volatile.Write(ref _stopping, true);
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(atOnce).WaitAsync(within, _time, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        lock (_oneAtATime)
        {
            _logClosed = true;
            _log.Dispose();
        }

        _process.Dispose();
    }

    private async Task AnnounceExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _exited.CancelAsync().ConfigureAwait(false);
    }

    private Task DrainAsync() => Task.WhenAny(_pumps, Task.Delay(LastWords, _time));

    private string Why()
    {
        lock (_oneAtATime)
        {
            return _lastLines.Count == 0
                ? $"It said nothing; its log is {LogFile}"
                : $"Its last lines (all of them in {LogFile}):{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", _lastLines)}";
        }
    }

    private async Task PumpAsync(StreamReader reader, bool isOutput)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (isOutput && _firstLine.TrySetResult(line))
            {
                // The ready line holds file names of tokens, and nothing that anybody needs in a log.
                continue;
            }

            lock (_oneAtATime)
            {
                if (_logClosed)
                {
                    return;
                }

                _log.WriteLine(line);
                _lastLines.Enqueue(line);
                if (_lastLines.Count > KeptLines)
                {
                    _lastLines.Dequeue();
                }
            }
        }
    }
}
