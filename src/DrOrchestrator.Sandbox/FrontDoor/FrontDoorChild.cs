using System.Diagnostics;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>Keeps the front door's process running for as long as the lab does, and ends it with it.</summary>
internal sealed class FrontDoorChild : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<string> _command;
    private readonly string _logFile;
    private readonly TimeProvider _time;
    private readonly Task _running;

    public FrontDoorChild(IReadOnlyList<string> selfCommand, string labFolder, TimeProvider time)
    {
        _command = [.. selfCommand, "sandbox-front-door", "--lab", labFolder];
        _logFile = Path.Combine(labFolder, "front-door.log");
        _time = time;
        _running = Task.Run(KeepAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await RunOnceAsync().ConfigureAwait(false);
            await Task.Delay(Pause, _time, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task RunOnceAsync()
    {
        var start = new ProcessStartInfo(_command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in _command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        await using var log = new FileStream(_logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        Task copied = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(log), process.StandardError.BaseStream.CopyToAsync(log));
        try
        {
            await process.WaitForExitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process).ConfigureAwait(false);
        }

        await copied.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience, _time);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
