namespace DrOrchestrator.Probes.Postgres;

/// <summary>What the server says of itself, read inside the transaction that is judged.</summary>
/// <param name="ReadOnlyDefault"><c>default_transaction_read_only</c>: sessions begin read-only, and may ask for more.</param>
/// <param name="SystemIdentifier">Empty when it was not asked for.</param>
/// <param name="SynchronousCommit">The setting a commit of this session waits by.</param>
internal sealed record PostgresFacts(bool InRecovery, bool ReadOnlyDefault, string Version, string SystemIdentifier, string SynchronousCommit);

/// <summary>What one look saw of a server that gave it a session.</summary>
internal abstract record PostgresSight(PostgresFacts Facts)
{
    /// <summary>It answers.</summary>
    public sealed record Session(PostgresFacts Facts) : PostgresSight(Facts);

    /// <summary>A query was answered.</summary>
    /// <param name="HasRow">Whether there was a row.</param>
    /// <param name="Value">First column of the first row, cut at 1000 characters; null for NULL.</param>
    public sealed record Answer(PostgresFacts Facts, bool HasRow, string? Value) : PostgresSight(Facts);

    /// <summary>A row was committed and the commit acknowledged without a warning.</summary>
    public sealed record Committed(PostgresFacts Facts) : PostgresSight(Facts);

    /// <summary>COMMIT was sent; whether it holds nobody knows.</summary>
    /// <param name="Why">For people; null when no acknowledgement came in time.</param>
    public sealed record InDoubt(PostgresFacts Facts, string? Why) : PostgresSight(Facts);

    /// <summary>A write failed for sure.</summary>
    public sealed record Refused(PostgresFacts Facts, PostgresRefusal Refusal) : PostgresSight(Facts);

    /// <summary>A write went through where none should; it was rolled back.</summary>
    public sealed record WentThrough(PostgresFacts Facts) : PostgresSight(Facts);
}

/// <summary>An error of the server.</summary>
/// <param name="SqlState">Five characters.</param>
/// <param name="Message">Its own words on one line.</param>
internal sealed record PostgresRefusal(string SqlState, string Message);
