using System.Text;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class ExecOutputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Add_InPiecesOfAnySize_KeepsTheFirstAndTheLastBytes(int piece)
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{i:000}"))));
        var output = new ExecOutput(10, 20);

        foreach (var part in bytes.Chunk(piece))
        {
            output.Add(part);
        }

        (output.Total, output.Kept, output.IsCut, output.IsText).Should().Be((900, 30, true, true));
        output.Bytes.Should().Equal([.. bytes[..10], .. bytes[^20..]]);
        output.Text.Should().Be("0000010020\n[870 bytes are left out here]\n" + Encoding.ASCII.GetString(bytes[^20..]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(29)]
    [InlineData(30)]
    public void Text_OfWhatIsNotLonger_IsWhole(int length)
    {
        var output = new ExecOutput(10, 20);
        var text = new string('x', length);

        output.Add(Encoding.ASCII.GetBytes(text));

        (output.Text, output.IsCut, output.Kept).Should().Be((text, false, length));
    }

    /// <summary>Two bytes each: the beginning is cut in the middle of one, and so is the end.</summary>
    [Fact]
    public void Text_CutInTheMiddleOfCharacters_LeavesTheirPiecesOut()
    {
        var output = new ExecOutput(5, 5);

        output.Add(Encoding.UTF8.GetBytes("éééééééé"));

        output.IsText.Should().BeTrue();
        output.Text.Should().Be("éé\n[8 bytes are left out here]\néé");
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x41 })]
    [InlineData(new byte[] { 0x41, 0x00, 0x42 })]
    [InlineData(new byte[] { 0x41, 0xC3 })]
    public void IsText_OfOtherBytes_IsFalse(byte[] bytes)
    {
        var output = new ExecOutput(5, 5);

        output.Add(bytes);

        output.IsText.Should().BeFalse();
        output.Bytes.Should().Equal(bytes);
    }

    [Fact]
    public void Add_TenMegabytes_TakesNoMoreMemoryThanIsKept()
    {
        var output = new ExecOutput(32 * 1024, 32 * 1024);
        var block = new byte[16 * 1024];
        output.Add(block);
        output.Add(block);
        output.Add(block);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 637; i++)
        {
            output.Add(block);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1024);
        (output.Total, output.Kept).Should().Be((640 * 16 * 1024, 64 * 1024));
    }
}
