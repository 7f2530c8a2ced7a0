using DrOrchestrator.Drills.Owners;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// The word that a request with an effect may leave now. A step kind asks for it right before every such request: between the proof of the lease and the request lies what the
/// kind reads first, and a process may stand still anywhere in between (SIGSTOP, a suspended machine). Whoever takes a run over waits for <see cref="TakeoverWait.LeaseLasts"/>
/// and the step's timeout since the lease was last renewed; this ends <see cref="LeaseProof.GoodFor"/> (5 s) earlier, which is the time a request has to arrive and act.
/// </summary>
public sealed class SendPermit
{
    private readonly LeaseProof _proof;
    private readonly TimeSpan _lasts;
    private readonly TimeProvider? _time;

    internal SendPermit(LeaseProof proof, TimeSpan timeout, TimeProvider time) => (_proof, _lasts, _time) = (proof, LeaseProof.GoodFor + timeout, time);

    private SendPermit()
    {
    }

    /// <summary>Never over: for what is carried by no run.</summary>
    public static SendPermit Unlimited { get; } = new();

    /// <summary>How much longer; zero when it is over. By both clocks: the monotonic one stands still with a suspended machine, the wall clock does not.</summary>
    public TimeSpan Left
    {
        get
        {
            if (_time is null)
            {
                return TimeSpan.MaxValue;
            }

            var (monotonic, wall) = (_time.GetElapsedTime(_proof.Timestamp), _time.GetUtcNow() - _proof.At);
            return _lasts - (monotonic > wall ? monotonic : wall) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Returns while it holds.</summary>
    /// <exception cref="PermitOverException">It is over; nothing may be sent any more.</exception>
    public void Require()
    {
        if (Left == TimeSpan.Zero)
        {
            throw new PermitOverException();
        }
    }
}

/// <summary>This process stood still in the middle of a step; another owner may carry the run by now, and nothing more is sent.</summary>
public sealed class PermitOverException() : Exception("this process stood still in the middle of the step, and another owner may carry the run by now: it sent nothing more");
