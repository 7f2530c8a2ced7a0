namespace DrOrchestrator.Estates;

/// <summary>The snapshot in force. Readers take <see cref="Current"/> once per piece of work; a swap replaces all of it or nothing.</summary>
public sealed class EstateHolder(Estate estate)
{
    private Estate _current = estate;

    /// <summary>The estate in force.</summary>
    public Estate Current => Volatile.Read(ref _current);

    /// <summary>Puts a new snapshot in force.</summary>
    public void Swap(Estate next) => Volatile.Write(ref _current, next);
}
