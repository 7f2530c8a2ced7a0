namespace DrOrchestrator.Commands;

/// <summary>What this account can see of programs that it started, and what it can do about them.</summary>
/// <param name="Place">Where it looks; what was started at another place cannot be seen from here.</param>
/// <param name="Now">The moment, as <paramref name="Hidden"/> takes it.</param>
/// <param name="Marked">Processes with a value of a variable in their environment.</param>
/// <param name="Hidden">Processes begun since a moment that it may not look into, and that may be of a program of ours.</param>
/// <param name="SeesOthers">Whether it sees that processes of other accounts are there.</param>
/// <param name="End">Kills a session; what of it goes on, since another account's cannot be killed.</param>
internal sealed record ProcessSight(
    Func<string> Place,
    Func<long> Now,
    Func<string, string, IReadOnlyList<int>> Marked,
    Func<long, IReadOnlyList<int>> Hidden,
    Func<bool> SeesOthers,
    Func<int, TimeProvider, Task<IReadOnlyList<int>>> End)
{
    public static ProcessSight OfThisMachine { get; } = new(
        () => HiddenProcesses.Place(),
        () => HiddenProcesses.Now(),
        MarkedProcesses.With,
        ticks => HiddenProcesses.BegunSince(ticks),
        () => HiddenProcesses.AreSeen(),
        (session, time) => Sessions.KillAsync(session, time));
}
