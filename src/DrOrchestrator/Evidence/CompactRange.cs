using System.Security.Cryptography;

namespace DrOrchestrator.Evidence;

/// <summary>
/// The right edge of an RFC 6962 Merkle tree: the roots of its perfect subtrees, enough to append and to know the root. Immutable, so that a transaction can
/// advance one that is thrown away when the transaction is.
/// </summary>
internal sealed class CompactRange
{
    private readonly Subtree? _smallest;

    private CompactRange(long size, Subtree? smallest, byte[]? newest)
    {
        Size = size;
        Newest = newest;
        _smallest = smallest;
    }

    public static CompactRange Empty { get; } = new(0, null, null);

    /// <summary>How many leaves the tree has.</summary>
    public long Size { get; }

    /// <summary>Hash of the newest leaf; null in an empty tree.</summary>
    public byte[]? Newest { get; }

    /// <summary>SHA-256(0x00 || leaf).</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> leaf)
    {
        var input = new byte[leaf.Length + 1];
        leaf.CopyTo(input.AsSpan(1));
        return SHA256.HashData(input);
    }

    /// <summary>The tree with one leaf hash more.</summary>
    public CompactRange Append(byte[] leafHash)
    {
        var added = new Subtree(leafHash, 0, _smallest);
        while (added.Larger is { } left && left.Level == added.Level)
        {
            added = new Subtree(HashChildren(left.Hash, added.Hash), added.Level + 1, left.Larger);
        }

        return new CompactRange(Size + 1, added, leafHash);
    }

    /// <summary>The tree head: MTH of RFC 6962, section 2.1.</summary>
    public byte[] Root()
    {
        if (_smallest is null)
        {
            return SHA256.HashData([]);
        }

        var root = _smallest.Hash;
        for (var left = _smallest.Larger; left is not null; left = left.Larger)
        {
            root = HashChildren(left.Hash, root);
        }

        return root;
    }

    private static byte[] HashChildren(byte[] left, byte[] right)
    {
        Span<byte> input = stackalloc byte[65];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[33..]);
        return SHA256.HashData(input);
    }

    private sealed record Subtree(byte[] Hash, int Level, Subtree? Larger);
}
