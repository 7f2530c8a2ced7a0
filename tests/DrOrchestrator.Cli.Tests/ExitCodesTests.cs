using DrOrchestrator.Cli.Client;

namespace DrOrchestrator.Cli.Tests;

public class ExitCodesTests
{
    [Fact]
    public void Table_IsPrintedInTheDocumentation_LineByLine()
    {
        var documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cli.md"));

        foreach (var (code, meaning) in ExitCodes.Table)
        {
            documentation.Should().Contain($"| {code} | {meaning} |");
        }

        ExitCodes.Table.Select(row => row.Code).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    [Theory]
    [InlineData("passed", 0)]
    [InlineData("open", 0)]
    [InlineData("waiting", 6)]
    [InlineData("switched-not-returned", 6)]
    [InlineData("failed", 4)]
    [InlineData("aborted", 4)]
    [InlineData("pre-empted", 4)]
    public void OfOutcome_EveryOutcome_HasItsCode(string outcome, int code) => ExitCodes.OfOutcome(outcome).Should().Be(code);

    [Fact]
    public void Of_WhatWasThrown_BecomesACode()
    {
        ExitCodes.Of(new CommandFailedException(7, "x"), signal: 0).Should().Be(7);
        ExitCodes.Of(new ApiException(404, "no-such-run", "x"), signal: 0).Should().Be(2);
        ExitCodes.Of(new ApiException(409, "system-locked", "x"), signal: 0).Should().Be(4);
        ExitCodes.Of(new ApiException(500, "", "x"), signal: 0).Should().Be(1);
        ExitCodes.Of(new OperationCanceledException(), signal: 2).Should().Be(130);
        ExitCodes.Of(new OperationCanceledException(), signal: 15).Should().Be(143);
        ExitCodes.Of(new OperationCanceledException(), signal: 0).Should().Be(1);
        ExitCodes.Of(new InvalidOperationException("x"), signal: 0).Should().Be(1);
    }
}
