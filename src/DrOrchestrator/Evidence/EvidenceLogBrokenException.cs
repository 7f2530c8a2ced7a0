namespace DrOrchestrator.Evidence;

/// <summary>The log does not continue what was signed before (a record is gone, another key, a changed leaf). Nothing more is appended; the message is for people and says what to do.</summary>
public sealed class EvidenceLogBrokenException(string reason) : Exception(reason);
