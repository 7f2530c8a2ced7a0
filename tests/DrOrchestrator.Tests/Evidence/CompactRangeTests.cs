using System.Security.Cryptography;
using CsCheck;
using DrOrchestrator.Evidence;

namespace DrOrchestrator.Tests.Evidence;

public sealed class CompactRangeTests
{
    /// <summary>The reference tree of Certificate Transparency (RFC 6962): eight leaves and the root after each.</summary>
    [Fact]
    public void Root_ReferenceLeaves_GivesTheReferenceRoots()
    {
        string[] leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        string[] roots =
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];

        var tree = CompactRange.Empty;
        Convert.ToHexStringLower(tree.Root()).Should().Be("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        foreach (var (leaf, root) in leaves.Zip(roots))
        {
            tree = tree.Append(CompactRange.HashLeaf(Convert.FromHexString(leaf)));
            Convert.ToHexStringLower(tree.Root()).Should().Be(root);
        }
    }

    [Fact]
    public void Root_AnyLeaves_IsTheDefinitionOfRfc6962() =>
        Gen.Byte.Array[0, 10].Array[0, 70].Sample(leaves =>
        {
            var hashes = leaves.Select(leaf => CompactRange.HashLeaf(leaf)).ToArray();
            var tree = hashes.Aggregate(CompactRange.Empty, (tree, hash) => tree.Append(hash));
            return tree.Size == leaves.Length && tree.Root().AsSpan().SequenceEqual(Definition(hashes));
        });

    [Fact]
    public void Append_ToAnEarlierTree_LeavesTheLaterUntouched()
    {
        var one = CompactRange.Empty.Append(CompactRange.HashLeaf([1]));
        var two = one.Append(CompactRange.HashLeaf([2]));
        var root = two.Root();

        one.Append(CompactRange.HashLeaf([3])).Root().Should().NotEqual(root);

        two.Root().Should().Equal(root);
    }

    private static byte[] Definition(ReadOnlySpan<byte[]> hashes)
    {
        if (hashes.Length < 2)
        {
            return hashes.Length == 0 ? SHA256.HashData([]) : hashes[0];
        }

        var k = 1;
        while (k * 2 < hashes.Length)
        {
            k *= 2;
        }

        return SHA256.HashData([1, .. Definition(hashes[..k]), .. Definition(hashes[k..])]);
    }
}
