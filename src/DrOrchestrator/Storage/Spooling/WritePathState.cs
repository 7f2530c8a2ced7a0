namespace DrOrchestrator.Storage.Spooling;

/// <summary>How observations reach the database now.</summary>
/// <param name="AwaySince">Since when the database takes nothing, or is still being given what it missed; null while writes go straight to it.</param>
/// <param name="Reason">Why the newest attempt failed; null while it works.</param>
/// <param name="SpooledBytes">Waiting in the spool.</param>
/// <param name="LimitBytes">Largest size of the spool.</param>
/// <param name="Losing">Since when the spool is full and observations are lost; null otherwise.</param>
/// <param name="LastLoss">The newest gap that was recorded since the start.</param>
public sealed record WritePathState(
    DateTimeOffset? AwaySince, string? Reason, long SpooledBytes, long LimitBytes, DateTimeOffset? Losing, SpoolLoss? LastLoss);

/// <summary>How observations reach the database.</summary>
public interface IWritePath
{
    /// <summary>As it is now.</summary>
    WritePathState Read();
}
