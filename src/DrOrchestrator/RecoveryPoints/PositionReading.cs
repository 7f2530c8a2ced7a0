namespace DrOrchestrator.RecoveryPoints;

/// <summary>What a site's store said of itself, or that it said nothing.</summary>
internal abstract record PositionResult(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt)
{
    /// <param name="Position">Durable end of its own log.</param>
    /// <param name="Received">At a standby: durably received from its primary.</param>
    /// <param name="Connected">At a standby: whether it says it hears its primary.</param>
    public sealed record Read(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Role, long Epoch, long Position, long Received, bool Connected)
        : PositionResult(Site, StartedAt, EndedAt);

    /// <param name="IsRefused">Positive evidence that nothing listens there; silence is not.</param>
    public sealed record Failed(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason, bool IsRefused)
        : PositionResult(Site, StartedAt, EndedAt);
}
