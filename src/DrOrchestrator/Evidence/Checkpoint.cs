using System.Globalization;

namespace DrOrchestrator.Evidence;

/// <summary>C2SP tlog-checkpoint: origin, size and root of a log at one moment.</summary>
internal sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>The signed note of this checkpoint.</summary>
    public string Sign(EvidenceKey key) =>
        SignedNote.Sign($"{Origin}\n{Size.ToString(CultureInfo.InvariantCulture)}\n{Convert.ToBase64String(Root)}\n", Origin, key);

    /// <summary>Reads back a checkpoint this key has signed; null when it has not.</summary>
    public static Checkpoint? Open(string note, string origin, EvidenceKey key)
    {
        var lines = SignedNote.Open(note, origin, key)?.Split('\n');
        return lines is [var first, var size, var root, ""] && first == origin
            ? new Checkpoint(origin, long.Parse(size, CultureInfo.InvariantCulture), Convert.FromBase64String(root))
            : null;
    }
}
