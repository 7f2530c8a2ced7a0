namespace DrOrchestrator.RecoveryPoints;

/// <summary>What a site's store said of itself, or that it said nothing.</summary>
internal abstract record PositionResult(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt)
{
    /// <param name="Position">Durable end of its own log.</param>
    /// <param name="Received">At a standby: durably received from its primary.</param>
    /// <param name="Connected">At a standby: whether it says it hears its primary.</param>
    public sealed record Read(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Role, long Epoch, long Position, long Received, bool Connected)
        : PositionResult(Site, StartedAt, EndedAt)
    {
        /// <summary>Identity of the database the log belongs to; null where the kind has none. Logs of two do not compare.</summary>
        public string? Cluster { get; init; }

        /// <summary>At a standby: applied up to here; null where it is not told.</summary>
        public long? Replayed { get; init; }

        /// <summary>What else was seen there, for people.</summary>
        public IReadOnlyList<string> Notes { get; init; } = [];

        /// <summary>What the kind's own judgement of synchrony needs.</summary>
        public object? Report { get; init; }
    }

    /// <param name="IsRefused">Positive evidence that nothing listens there; silence is not.</param>
    public sealed record Failed(string Site, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason, bool IsRefused)
        : PositionResult(Site, StartedAt, EndedAt);
}
