namespace DrOrchestrator.Probes;

/// <summary>One probe's place in the lanes: which one it queues in, and its look under way. Made once and used for every look, so that a look allocates nothing here.</summary>
internal sealed class LaneTicket : IDisposable
{
    private CancellationTokenSource? _giveUp;
    private CancellationToken _outside;

    public LaneTicket() => Node = new LinkedListNode<LaneTicket>(this);

    public Lane Lane { get; set; }

    public LinkedListNode<LaneTicket> Node { get; }

    public long EnteredAt { get; private set; }

    /// <summary>Its look goes on at a place among those that hang.</summary>
    public bool HasMoved { get; set; }

    /// <summary>Its look is to end, and to be made again among those that hang.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Ends the look in the quick lane: from outside, or because it is given up.</summary>
    public CancellationToken Token => _giveUp!.Token;

    public void Enter(long now, CancellationToken outside)
    {
        // One that was given up may have ended by itself before it was told: the word on its way to it must not reach the next look.
        if (_giveUp is null || IsGivenUp || _outside != outside)
        {
            _giveUp?.Dispose();
            _giveUp = CancellationTokenSource.CreateLinkedTokenSource(outside);
            _outside = outside;
        }

        (EnteredAt, HasMoved, IsGivenUp) = (now, false, false);
    }

    /// <summary>Marks the look under way as given up; what comes back tells it so, once, outside of any lock.</summary>
    public Action GiveUp()
    {
        IsGivenUp = true;
        var source = _giveUp!;
        return () =>
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself, and the next one has begun.
            }
        };
    }

    /// <summary>Where the next look queues. What could not look has learned nothing.</summary>
    public ProbeResult Learn(ProbeResult result, TimeSpan grace)
    {
        if (result.Outcome != ProbeOutcome.Unknown)
        {
            Lane = result.Duration < grace ? Lane.Quick : result.Outcome == ProbeOutcome.Up ? Lane.Slow : Lane.Hanging;
        }

        return result;
    }

    public void Dispose() => _giveUp?.Dispose();
}
