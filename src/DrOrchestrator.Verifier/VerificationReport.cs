using System.Text.Json.Nodes;

namespace DrOrchestrator.Verifier;

/// <summary>What the verifier is told from outside the pack.</summary>
/// <param name="KeyFingerprint">The log's key as <c>SHA256:...</c>, got from its operator by another way than the pack; null when not known.</param>
/// <param name="OutsideCheckpoint">Text of an older checkpoint of the same log, or one cosigned by a witness, kept outside; null when there is none.</param>
public sealed record VerifyOptions(string? KeyFingerprint = null, string? OutsideCheckpoint = null);

/// <summary>The verdict on a pack. Where <see cref="Verified"/> is false the figures say how far the verifier came.</summary>
/// <param name="Verified">The pack is consistent, and nothing given from outside contradicts it.</param>
/// <param name="Origin">Name of the log.</param>
/// <param name="KeyFingerprint">Of the key in the pack.</param>
/// <param name="ScopeRun">The run the pack was made for; null for everything.</param>
/// <param name="Records">Header lines read.</param>
/// <param name="Runs">Numbers of all runs the log holds, whether in scope or not.</param>
/// <param name="Payloads">Payloads read and found right.</param>
/// <param name="Objects">Objects read and found right.</param>
/// <param name="Figures">What the payloads say of the runs in scope.</param>
/// <param name="Problem">The first thing that is wrong; null when verified.</param>
/// <param name="Notes">What the pack does not prove, in words.</param>
public sealed record VerificationReport(
    bool Verified,
    VerificationClaims Claims,
    string? Origin,
    string? KeyFingerprint,
    long? ScopeRun,
    long Records,
    IReadOnlyList<long> Runs,
    long Payloads,
    long Objects,
    IReadOnlyList<RunFigures> Figures,
    PackProblem? Problem,
    IReadOnlyList<string> Notes);

/// <summary>What may be said of the pack, each claim by itself.</summary>
/// <param name="Consistent">From the pack alone: every byte belongs to one signed log.</param>
/// <param name="CompleteUpTo">How far nothing can be left out or rewritten; null unless an outside checkpoint confirmed it.</param>
public sealed record VerificationClaims(bool Consistent, Authenticity Authentic, CompleteUpTo? CompleteUpTo);

/// <summary>Whether the pack was signed by the key the verifier was told to expect.</summary>
public enum Authenticity
{
    /// <summary>No fingerprint was given.</summary>
    NotAsked,

    /// <summary>Signed by the key with the fingerprint given.</summary>
    Authentic,

    /// <summary>Signed by another key.</summary>
    OtherKey,

    /// <summary>A fingerprint was given, but the pack is not consistent.</summary>
    NotShown,
}

/// <summary>The point an outside checkpoint confirms.</summary>
/// <param name="Records">Records 0 to this number minus one are those the outside checkpoint was made over.</param>
/// <param name="Time">Time of the last of them, RFC 3339.</param>
public sealed record CompleteUpTo(long Records, string Time);

/// <summary>What the payloads say of one run, as raw JSON; their shapes belong to the drill engine.</summary>
/// <param name="Closed">Whether the run has its closing record.</param>
/// <param name="Outcome">Property <c>outcome</c> of the closing record, or null.</param>
/// <param name="OpenedPayload">Payload of <c>run.opened</c>.</param>
/// <param name="MeasuredPayloads">Payloads of <c>run.measured</c>, oldest first.</param>
/// <param name="ClosedPayload">Payload of <c>run.closed</c>, or null while the run is open.</param>
public sealed record RunFigures(long Run, bool Closed, string? Outcome, JsonNode? OpenedPayload, IReadOnlyList<JsonNode> MeasuredPayloads, JsonNode? ClosedPayload);
