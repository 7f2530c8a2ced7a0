namespace DrOrchestrator.Verifier;

/// <summary>
/// Judges an audit pack (docs/evidence-format.md) from its bytes alone: no server, no database, and no code shared with the writer. One pass from front to back
/// in bounded memory; the first thing that is wrong ends it and is named.
/// </summary>
public static class PackVerifier
{
    /// <summary>Verifies a pack, which is read from the stream's position to its end. Never throws for what the bytes are; errors of the stream pass through.</summary>
    public static VerificationReport Verify(Stream pack, VerifyOptions options)
    {
        var reading = new PackReading(pack);
        try
        {
            reading.Read(options);
        }
        catch (PackFlawException flaw)
        {
            var authentic = options.KeyFingerprint is null ? Authenticity.NotAsked : Authenticity.NotShown;
            return reading.Report(new VerificationClaims(false, authentic, null), flaw.Problem);
        }

        return Outside.Judge(reading, options);
    }
}
