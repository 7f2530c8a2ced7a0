using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>
/// One thing of the world that a step may change. Two steps that may change the same thing name it alike, whatever their kinds; one that changes the whole names less of it than one
/// that changes a part.
/// </summary>
/// <param name="Names">From the wide to the narrow: a server, then a setting of it. At least one.</param>
public sealed record StepTarget(params IReadOnlyList<string> Names)
{
    /// <summary>Whether what changes this may have changed the other: it is the same, or a part of this.</summary>
    public bool Covers(StepTarget other) => Names.Count <= other.Names.Count && Names.SequenceEqual(other.Names.Take(Names.Count), StringComparer.Ordinal);

    /// <summary>A PostgreSQL server, or a part of it: by its address, since an estate may list one server under more than one name.</summary>
    internal static StepTarget Server(Estate estate, string database, params IReadOnlyList<string> part) =>
        new(["server", estate.FindDatabase(database) is { } known ? FormattableString.Invariant($"{string.Join(',', known.Target.Hosts)}:{known.Target.Port}") : database, .. part]);
}
