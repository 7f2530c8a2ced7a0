using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes.Vantage;

/// <summary>
/// The control targets of this vantage point, looked at only when a probe has failed: if they fail too, the failure may be our own. However many probes fail at the same
/// moment, one look at the controls answers all of them, and it holds for a second.
/// </summary>
internal sealed class ControlTargets : IDisposable
{
    private static readonly TimeSpan HoldsFor = TimeSpan.FromSeconds(1);

    private readonly VantagePoint _point;
    private readonly List<(string Name, IProbe Probe)> _controls;
    private readonly ProcessClock _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private Task<string?> _look = Task.FromResult<string?>(null);
    private long? _endedAt;
    private bool _isLost;

    /// <param name="open">Makes the probe of a control target.</param>
    public ControlTargets(VantagePoint point, Func<ProbeDefinition, IProbe> open, ProcessClock clock, ILogger logger)
    {
        (_point, _clock, _logger) = (point, clock, logger);
        _controls = [.. point.Controls.Select(control => (control.Name, open(Definition(control))))];
    }

    /// <summary>Name of the vantage point; empty where none is declared.</summary>
    public string Name => _point.Name;

    /// <summary>Whether there is a control target to look at.</summary>
    public bool Any => _controls.Count > 0;

    /// <summary>Why this vantage point may be lost; null while its controls are fine, and where it has none.</summary>
    public async ValueTask<string?> LostAsync(CancellationToken cancellationToken)
    {
        if (!Any)
        {
            return null;
        }

        Task<string?> look;
        lock (_gate)
        {
            if (_look.IsCompleted && !(_endedAt is { } ended && _clock.Provider.GetElapsedTime(ended) < HoldsFor))
            {
                _endedAt = null;
                _look = LookAsync();
            }

            look = _look;
        }

        return await look.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _end.Cancel();
        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        await ((Task)_look).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _controls.ForEach(control => control.Probe.Dispose());
        _end.Dispose();
    }

    private static ProbeDefinition Definition(ControlTarget control) =>
        new(control.Name, "", null, ProbeRole.Component, null, control.Timeout, control.Timeout, 1, control.Settings);

    private async Task<string?> LookAsync()
    {
        await Task.Yield();
        var results = await Task.WhenAll(_controls.Select(control => control.Probe.RunAsync(_end.Token))).ConfigureAwait(false);
        var failed = results.Where(result => result.Outcome != ProbeOutcome.Up).ToList();
        var isLost = failed.Count == results.Length || (failed.Count > 0 && _point.LostWhen is ControlsRule.Any);
        var why = isLost ? $"lost vantage point: control target {failed[0].Probe} fails too: {failed[0].Reason}" : null;
        lock (_gate)
        {
            _endedAt = _clock.Provider.GetTimestamp();
        }

        Tell(isLost, why);
        return why;
    }

    private void Tell(bool isLost, string? why)
    {
        if (isLost && !_isLost)
        {
            Log.VantageLost(_logger, why!);
        }
        else if (!isLost && _isLost)
        {
            Log.VantageRegained(_logger);
        }

        _isLost = isLost;
    }
}
