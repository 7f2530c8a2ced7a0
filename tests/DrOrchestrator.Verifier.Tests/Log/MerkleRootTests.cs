using CsCheck;
using System.Security.Cryptography;
using DrOrchestrator.Verifier.Log;

namespace DrOrchestrator.Verifier.Tests.Log;

public sealed class MerkleRootTests
{
    [Fact]
    public void Head_AnyLeaves_IsTheDefinitionOfRfc6962() =>
        Gen.Byte.Array[0, 20].Array[0, 70].Sample(leaves =>
        {
            var tree = new MerkleRoot();
            foreach (var leaf in leaves)
            {
                tree.Add([0xAA, .. leaf]);
            }

            return tree.Head().SequenceEqual(Definition(leaves));
        });

    private static byte[] Definition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length < 2)
        {
            return leaves.Length == 0 ? SHA256.HashData([]) : SHA256.HashData([0, .. leaves[0]]);
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return SHA256.HashData([1, .. Definition(leaves[..k]), .. Definition(leaves[k..])]);
    }
}
