using System.Security.Cryptography;

namespace DrOrchestrator.Verifier.Log;

/// <summary>Computes the RFC 6962 tree head of leaves given in order, in one pass: a binary counter whose digits are subtree roots.</summary>
internal sealed class MerkleRoot
{
    private const int HashLength = 32;
    private readonly byte[] _roots = new byte[63 * HashLength];
    private readonly byte[] _node = new byte[1 + (2 * HashLength)];

    public MerkleRoot() => _node[0] = 1;

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a leaf. Its first byte must be free for the domain mark 0x00: the leaf itself starts at 1.</summary>
    public void Add(Span<byte> markAndLeaf)
    {
        markAndLeaf[0] = 0;
        Span<byte> carry = stackalloc byte[HashLength];
        SHA256.HashData(markAndLeaf, carry);
        var level = 0;
        for (; ((Count >> level) & 1) == 1; level++)
        {
            Join(Root(level), carry, carry);
        }

        carry.CopyTo(Root(level));
        Count++;
    }

    /// <summary>The head over all leaves so far.</summary>
    public byte[] Head()
    {
        var head = SHA256.HashData([]);
        var begun = false;
        for (var level = 0; level < 63 && Count >> level != 0; level++)
        {
            if (((Count >> level) & 1) == 0)
            {
                continue;
            }

            if (begun)
            {
                Join(Root(level), head, head);
            }
            else
            {
                Root(level).CopyTo(head);
                begun = true;
            }
        }

        return head;
    }

    private Span<byte> Root(int level) => _roots.AsSpan(level * HashLength, HashLength);

    private void Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> output)
    {
        left.CopyTo(_node.AsSpan(1));
        right.CopyTo(_node.AsSpan(1 + HashLength));
        SHA256.HashData(_node, output);
    }
}
