using System.Diagnostics;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>
/// A real child process. It ends when its standard input does, so that it cannot outlive the tests, not even after a SIGKILL of theirs; what it says goes to a log.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Task _pumps;
    private bool _logClosed;

    private Child(Process process, string logFile)
    {
        _process = process;
        LogFile = logFile;
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, isOutput: true), PumpAsync(process.StandardError, isOutput: false));
    }

    /// <summary>The built product beside the tests.</summary>
    public static string Dro { get; } = Path.Combine(AppContext.BaseDirectory, "dro");

    public int Id => _process.Id;

    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static Child Start(string executable, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var info = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(logFile)!,
        };
        info.Environment["DOTNET_EnableDiagnostics"] = "0";

        // It lives for seconds: what it would spend on compiling everything a second time, and on mapping its code twice, never pays.
        info.Environment["DOTNET_TC_CallCounting"] = "0";
        info.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        info.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            // A null takes the variable away.
            info.Environment[name] = value;
        }

        return new Child(Process.Start(info)!, logFile);
    }

    /// <summary>The first line of standard output: the word that it is ready.</summary>
    public async Task<string> FirstLineAsync(TimeSpan within)
    {
        await Task.WhenAny(_firstLine.Task, _process.WaitForExitAsync()).WaitAsync(within, TimeProvider.System);
        return _firstLine.Task.IsCompletedSuccessfully
            ? await _firstLine.Task
            : throw new InvalidOperationException($"The child ended with {_process.ExitCode} before it was ready: {await ReadLogAsync()}");
    }

    /// <summary>Waits for the end it comes to by itself.</summary>
    public async Task<int> WaitAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within, TimeProvider.System);
        await Task.WhenAny(_pumps, Patience.PauseAsync(TimeSpan.FromSeconds(1)));
        return _process.ExitCode;
    }

    /// <summary>Closes its standard input, which asks it to stop, and waits.</summary>
    public async Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        return await WaitAsync(Patience.Stop);
    }

    /// <summary>SIGKILL of this process alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGINT, as Ctrl-C sends it to a process in the foreground.</summary>
    public void Interrupt() => Signal("-INT");

    public async Task<string> ReadLogAsync()
    {
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            try
            {
                // One that a test has left standing still would hear nothing else.
                Signal("-CONT");
                await StopAsync();
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        await Task.WhenAny(_pumps, Patience.PauseAsync(TimeSpan.FromSeconds(1)));
        lock (_gate)
        {
            _logClosed = true;
            _log.Dispose();
        }

        _process.Dispose();
    }

    /// <summary>Sends a signal, by its option of kill(1).</summary>
    public void Signal(string signal)
    {
        using Process kill = Process.Start("kill", [signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!;
        kill.WaitForExit();
    }

    private async Task PumpAsync(StreamReader reader, bool isOutput)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (isOutput)
            {
                _firstLine.TrySetResult(line);
            }

            lock (_gate)
            {
                if (_logClosed)
                {
                    return;
                }

                _log.WriteLine(line);
            }
        }
    }
}
