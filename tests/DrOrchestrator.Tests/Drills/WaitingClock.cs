using System.Collections.Concurrent;
using DrOrchestrator.Drills.Carrying;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>
/// A clock that goes on only while the run it is given to waits for it: by as much as the run waits, and never while an exchange, a commit or a renewal of the lease is under way,
/// however long those take. So no limit of theirs ends by it.
/// </summary>
internal sealed class WaitingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>Where a run waits; everybody else's timers are limits, and looks from time to time.</summary>
    private static readonly string[] Waits = ["RunSession.WaitAsync", "StepObserver.ObserveAsync", "RunSession.PassAsync"];

    private const string Renewal = "DrillRunner.RenewLeaseAsync";

    private readonly ConcurrentDictionary<Delay, TimeSpan?> _delays = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // A delay's is a task; a limit's is none.
        var from = state is Task ? Environment.StackTrace : "";
        if (!Waits.Append(Renewal).Any(from.Contains))
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var delay = new Delay(_delays);
        delay.Timer = base.CreateTimer(
            now =>
            {
                _delays.TryRemove(delay, out _);
                callback(now);
            },
            state,
            dueTime,
            period);
        _delays[delay] = from.Contains(Renewal, StringComparison.Ordinal) ? null : dueTime;
        return delay;
    }

    /// <summary>Lets the time go by that a run waits; nothing while none does.</summary>
    public void GoOn()
    {
        var delays = _delays.Values.ToList();
        if (delays.Contains(null) && delays.Min() is { } wait)
        {
            Advance(wait);
        }
    }

    private sealed class Delay(ConcurrentDictionary<Delay, TimeSpan?> delays) : ITimer
    {
        public ITimer? Timer { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Timer!.Change(dueTime, period);

        public void Dispose()
        {
            delays.TryRemove(this, out _);
            Timer?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
