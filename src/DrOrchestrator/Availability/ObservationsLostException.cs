namespace DrOrchestrator.Availability;

/// <summary>The store had no room for a batch anywhere and has given it up. Once it can write again it records the gap by itself; the batch must not be brought again.</summary>
public sealed class ObservationsLostException(DateTimeOffset since)
    : Exception("the database is away and the spool is full: observations are lost until it is back")
{
    /// <summary>Since when.</summary>
    public DateTimeOffset Since => since;
}
