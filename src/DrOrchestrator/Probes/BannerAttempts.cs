namespace DrOrchestrator.Probes;

/// <summary>When what was heard so far is compared with what is expected: only when something new has come, and not at every byte of a target that dribbles, which would cost us the square of its length.</summary>
internal sealed class BannerAttempts
{
    /// <summary>So many pieces are each compared at once; after them whenever twice as much has come.</summary>
    private const int MostAtOnce = 64;

    private int _judged;
    private int _taken;

    /// <summary>Whether something has come that was not compared yet.</summary>
    public bool HasMissed(int length) => length > _judged;

    /// <summary>Whether to compare now; counted as done.</summary>
    /// <param name="isAll">Nothing more can come.</param>
    public bool Take(int length, bool isAll)
    {
        if (!HasMissed(length) || (!isAll && _taken >= MostAtOnce && length / 2 < _judged))
        {
            return false;
        }

        (_judged, _taken) = (length, _taken + 1);
        return true;
    }
}
