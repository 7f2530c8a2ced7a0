namespace DrOrchestrator.Availability;

/// <summary>
/// What is on record cannot be read now, and nothing that was read before stands for it. It tells of the database alone: a fault of our own is never told this way.
/// </summary>
public sealed class RecordsAwayException(string message, Exception? inner = null) : Exception(message, inner);
