using CsCheck;

namespace DrOrchestrator.Verifier.Tests;

public sealed class FuzzTests
{
    private static readonly byte[] Right = Packs.Small().ToZip();

    [Fact]
    public void Verify_AnyChange_NeverThrowsAndNeverVerifies() =>
        Gen.Select(Gen.Int[0, Right.Length - 1], Gen.Int[0, 40], Gen.Byte.Array[0, 40]).Sample(
            (at, cut, bytes) =>
            {
                byte[] changed = [.. Right[..at], .. bytes, .. Right[Math.Min(Right.Length, at + cut)..]];
                var report = Packs.Verify(changed);
                return changed.AsSpan().SequenceEqual(Right) ? report.Verified : !report.Verified && report.Problem!.Entry.Length > 0;
            },
            iter: 20_000);

    [Fact]
    public void Verify_AnyBytes_NeverThrowsAndNeverVerifies() =>
        Gen.Byte.Array[0, 200].Sample(bytes => !Packs.Verify(bytes).Verified);

    [Fact]
    public void Verify_StreamThatGivesOneByteAtATime_IsVerified() =>
        PackVerifier.Verify(new Trickle(Right), new VerifyOptions()).Verified.Should().BeTrue();

    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
