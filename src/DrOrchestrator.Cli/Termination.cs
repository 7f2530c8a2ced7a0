using System.Runtime.InteropServices;

namespace DrOrchestrator.Cli;

/// <summary>The signals that ask this process to end. The first one cancels; the second one cancels the patience of whoever is tidying up.</summary>
internal sealed class Termination : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signal;

    public Termination() => _registrations = [On(PosixSignal.SIGHUP, 1), On(PosixSignal.SIGINT, 2), On(PosixSignal.SIGTERM, 15)];

    /// <summary>Number of the first signal, or 0.</summary>
    public int Signal => Volatile.Read(ref _signal);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _first.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken AtOnce => _second.Token;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _first.Dispose();
        _second.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        (Interlocked.CompareExchange(ref _signal, number, 0) == 0 ? _first : _second).Cancel();
    });
}
