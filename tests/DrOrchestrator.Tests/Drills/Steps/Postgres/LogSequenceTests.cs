using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class LogSequenceTests
{
    private const ulong Block = 8192;
    private const ulong Segment = 16 * 1024 * 1024;

    [Theory]
    [InlineData("0/1500790", 0x1500790ul)]
    [InlineData("16/B374D848", 0x16B374D848ul)]
    [InlineData("", null)]
    [InlineData("16", null)]
    [InlineData("1/2/3", null)]
    [InlineData("x/1", null)]
    public void Parse_Text_ReadsBothHalves(string text, ulong? value) => LogSequence.Parse(text)?.Value.Should().Be(value);

    [Theory]
    [InlineData("0/3000028", 114, "0/30000A0")]
    [InlineData("0/3001F88", 120, "0/3002000")]
    [InlineData("0/3001FC0", 114, "0/3002050")]
    [InlineData("0/3FFFFC0", 114, "0/4000060")]
    public void EndOfRecord_Lengths_AddPageHeadersAndAlignment(string at, int length, string end) =>
        LogSequence.Parse(at)!.Value.EndOfRecord((ulong)length, Block, Segment).ToString().Should().Be(end);

    [Theory]
    [InlineData("1\t0/3000060\tno recovery target specified\n\n2\t0/50000A0\tno recovery target specified\n", 1, "0/3000060")]
    [InlineData("1\t0/3000060\tno recovery target specified\n\n2\t0/50000A0\tno recovery target specified\n", 2, "0/50000A0")]
    [InlineData("1\t0/3000060\tno recovery target specified\n", 2, null)]
    [InlineData(null, 1, null)]
    public void ForkOf_History_NamesWhereATimelineWasLeft(string? history, long timeline, string? fork) => Divergence.ForkOf(history, timeline)?.ToString().Should().Be(fork);
}
