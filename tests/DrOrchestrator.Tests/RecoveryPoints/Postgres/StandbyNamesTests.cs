using DrOrchestrator.RecoveryPoints.Postgres;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

public sealed class StandbyNamesTests
{
    [Theory]
    [InlineData("", 0, true)]
    [InlineData("  \t\n", 0, true)]
    [InlineData("dr", 1, true, "dr")]
    [InlineData("dr, local", 1, true, "dr", "local")]
    [InlineData("2 (dr,local, c)", 2, true, "dr", "local", "c")]
    [InlineData("FIRST 2 (dr, local)", 2, true, "dr", "local")]
    [InlineData("first 1(dr)", 1, true, "dr")]
    [InlineData("Any 1 (b, c)", 1, false, "b", "c")]
    [InlineData("ANY 3 (\"a b\", \"any\", \"quo\"\"te\")", 3, false, "a b", "any", "quo\"te")]
    [InlineData("*", 1, true, "*")]
    [InlineData("ANY 2 (*)", 2, false, "*")]
    [InlineData("1, 2", 1, true, "1", "2")]
    [InlineData("3", 1, true, "3")]
    [InlineData("ANY 1 (1, 2)", 1, false, "1", "2")]
    [InlineData("_a$1, größe", 1, true, "_a$1", "größe")]
    [InlineData("ähre", 1, true, "ähre")]
    [InlineData("\u0080, a\u0080", 1, true, "\u0080", "a\u0080")] // the first above ASCII
    [InlineData("\"quo\"\"\"", 1, true, "quo\"")]
    public void TryParse_WhatPostgresAccepts_IsReadTheSame(string text, int count, bool byPriority, params string[] names)
    {
        StandbyNames.TryParse(text, out var read).Should().BeTrue();

        read.Should().BeEquivalentTo(new { Count = count, ByPriority = byPriority, Names = names });
    }

    [Theory]
    [InlineData("dr local")]
    [InlineData("dr,")]
    [InlineData(",dr")]
    [InlineData("ANY (dr)")]
    [InlineData("ANY 0 (dr)")]
    [InlineData("ANY 1 dr")]
    [InlineData("ANY 1 ()")]
    [InlineData("any")]
    [InlineData("FIRST, dr")]
    [InlineData("2 (dr")]
    [InlineData("\"dr")]
    [InlineData("a-b")]
    [InlineData("\u007f")]
    [InlineData("a\u007f")]
    [InlineData("ANY \"1\" (dr)")]
    [InlineData("ANY 1 , dr)")]
    [InlineData("ANY 1 (dr,")]
    [InlineData("(dr)")]
    public void TryParse_WhatPostgresRefuses_IsRefused(string text) => StandbyNames.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("dr", false)]
    [InlineData("DR", false)] // without case
    [InlineData("\"dr\"", false)]
    [InlineData("FIRST 2 (local, dr)", false)]
    [InlineData("ANY 2 (local, dr)", false)]
    [InlineData("ANY 2 (dr, DR, local)", false)] // a name twice is one name
    [InlineData("ANY 1 (dr, dr)", false)]
    [InlineData("", true)]
    [InlineData("local", true)]
    [InlineData("dr, local", true)] // dr while it is attached; the next one without a word when it is not
    [InlineData("ANY 1 (dr, local)", true)]
    [InlineData("ANY 2 (dr, local, third)", true)]
    [InlineData("*", true)]
    [InlineData("FIRST 2 (dr, *)", true)]
    public void AcceptsWithout_Setting_TellsWhetherEverySetHoldsTheStandby(string text, bool without)
    {
        StandbyNames.TryParse(text, out var names).Should().BeTrue();

        names!.AcceptsWithout("dr").Should().Be(without);
    }
}
