using DrOrchestrator.Calendars;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>The write path among the engines that people watch.</summary>
internal sealed class DatabaseEngine(IWritePath path) : IEngine
{
    /// <summary>Name of the engine.</summary>
    public const string EngineName = "database";

    public EngineState Read() => path.Read() switch
    {
        { AwaySince: null } => new EngineState(EngineName, EngineCondition.Running, null),
        { Losing: not null } => new EngineState(
            EngineName,
            EngineCondition.Stopped,
            "The database is away and the spool is full: what is observed now is lost, and becomes an unknown interval. Live states go on; drills do not start. Bring the database back."),
        _ => new EngineState(
            EngineName,
            EngineCondition.Stopped,
            "The database takes nothing: observations wait in the spool and arrive once it is back. Live states go on; drills do not start. Bring the database back."),
    };
}
