namespace DrOrchestrator.Calendars;

/// <summary>Whether an engine works.</summary>
public enum EngineCondition
{
    /// <summary>Still coming up.</summary>
    Starting,

    /// <summary>Works.</summary>
    Running,

    /// <summary>Does not work, for whatever reason.</summary>
    Stopped,

    /// <summary>Nobody can tell: what it keeps in the database has not answered for too long.</summary>
    Unknown,
}

/// <summary>An engine behind the pages that can stop while the rest goes on.</summary>
/// <param name="Name"><c>calendar</c> or <c>workers</c>.</param>
/// <param name="WhatNoLongerHappens">In plain words, for the person who finds it stopped or not known; null while it works or comes up.</param>
public sealed record EngineState(string Name, EngineCondition State, string? WhatNoLongerHappens)
{
    /// <summary>When it was last found so; null before the first look, and where it is known at any moment.</summary>
    public DateTimeOffset? ObservedAt { get; init; }
}

/// <summary>One engine.</summary>
public interface IEngine
{
    /// <summary>How it is now, as far as is known; waits for nothing.</summary>
    EngineState Read();
}

/// <summary>All engines.</summary>
public interface IEngineStates
{
    /// <summary>How each of them is now.</summary>
    IReadOnlyList<EngineState> Read();
}

internal sealed class EngineStates(IEnumerable<IEngine> engines) : IEngineStates
{
    private readonly IEngine[] _engines = [.. engines];

    public IReadOnlyList<EngineState> Read() => [.. _engines.Select(engine => engine.Read())];
}
