using System.Text;
using DrOrchestrator.Verifier.Log;

namespace DrOrchestrator.Verifier;

/// <summary>Holds a consistent pack against what is known from outside: the key's fingerprint, an older or witnessed checkpoint.</summary>
internal static class Outside
{
    private const string Entry = "(outside checkpoint)";

    /// <summary>How many records the outside checkpoint covers; 0 when none was given.</summary>
    public static long SizeOf(VerifyOptions options) => Parse(options)?.Size ?? 0;

    public static VerificationReport Judge(PackReading reading, VerifyOptions options)
    {
        var fingerprint = options.KeyFingerprint?.Trim();
        var authentic = fingerprint is null ? Authenticity.NotAsked : fingerprint == reading.Key!.Fingerprint ? Authenticity.Authentic : Authenticity.OtherKey;
        if (authentic == Authenticity.OtherKey)
        {
            return reading.Report(
                new VerificationClaims(true, authentic, null),
                new PackProblem("key", "its fingerprint", reading.Key!.Fingerprint, $"{fingerprint}, as given: the pack is consistent, but signed by another key"));
        }

        var outside = Parse(options);
        if (outside is null)
        {
            return reading.Report(new VerificationClaims(true, authentic, null), null);
        }

        var problem = Problem(outside, reading);
        var complete = problem is null ? new CompleteUpTo(outside.Size, reading.Headers!.TimeAtOutside) : null;
        return reading.Report(new VerificationClaims(true, authentic, complete), problem);
    }

    private static PackProblem? Problem(CheckpointText outside, PackReading reading)
    {
        if (outside.Origin != reading.Checkpoint!.Origin)
        {
            return new PackProblem(Entry, "its origin", $"'{outside.Origin}'", $"'{reading.Checkpoint.Origin}', the origin of the pack");
        }

        if (!reading.Key!.HasSigned(outside.Note))
        {
            return new PackProblem(Entry, "its signature", "none of this log's key", $"a signature of the key {reading.Key.Fingerprint}");
        }

        if (reading.Headers!.RootAtOutside is not { } root)
        {
            return new PackProblem(Entry, "its size", $"{outside.Size} records", $"at most {reading.Checkpoint.Size}, as in the pack: the newest records are missing from the pack");
        }

        return root.AsSpan().SequenceEqual(outside.Root)
            ? null
            : new PackProblem(
                Entry, $"its root over {outside.Size} records", Convert.ToBase64String(outside.Root), $"{Convert.ToBase64String(root)}, the root of the pack's headers: the log was rewritten");
    }

    private static CheckpointText? Parse(VerifyOptions options) =>
        options.OutsideCheckpoint is null ? null : CheckpointText.Parse(Encoding.UTF8.GetBytes(options.OutsideCheckpoint), Entry);
}
