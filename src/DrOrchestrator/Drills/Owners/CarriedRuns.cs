namespace DrOrchestrator.Drills.Owners;

/// <summary>The runs that this process carries: each by one carrier. Whoever comes while a run is carried makes its carrier look once more before it lets go.</summary>
internal sealed class CarriedRuns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, bool> _lookAgain = [];

    /// <summary>True for the one that is to carry the run now; false where another one does, and will look once more.</summary>
    public bool Begin(long run)
    {
        lock (_lock)
        {
            if (_lookAgain.ContainsKey(run))
            {
                _lookAgain[run] = true;
                return false;
            }

            _lookAgain[run] = false;
            return true;
        }
    }

    /// <summary>By its carrier: true once the run is let go, from when on it is nobody's here; false where somebody asked for it meanwhile.</summary>
    public bool LetGo(long run)
    {
        lock (_lock)
        {
            if (_lookAgain[run])
            {
                _lookAgain[run] = false;
                return false;
            }

            _lookAgain.Remove(run);
            return true;
        }
    }

    /// <summary>By its carrier, instead of <see cref="LetGo"/>, where it failed: whatever was asked for meanwhile is whoever's who takes it up again.</summary>
    public void Drop(long run)
    {
        lock (_lock)
        {
            _lookAgain.Remove(run);
        }
    }
}
