using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tiers;
using DrOrchestrator.Words;

namespace DrOrchestrator.Tests.Words;

public sealed class WordsTests
{
    [Fact]
    public void All_Words_AreThoseOfTheDocumentation()
    {
        EnumWords.All<ImpactScope>().Should().Equal("internal-support", "internal-operations", "financial-rights", "national-stability");
        EnumWords.All<Severity>().Should().Equal("minor", "moderate", "severe");
        EnumWords.All<PersonRole>().Should().Equal("viewer", "operator", "approver", "business-verifier", "auditor", "admin");
        EnumWords.All<RtoMark>().Should().Contain(["technically-confirmed", "application-healthy"]);
    }

    [Fact]
    public void TryParse_EveryWord_GivesItsValueBack()
    {
        foreach (var kind in Enum.GetValues<DrillKind>())
        {
            EnumWords.TryParse<DrillKind>(kind.Word(), out var parsed).Should().BeTrue();
            parsed.Should().Be(kind);
        }
    }

    [Theory]
    [InlineData("Minor")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("minor,severe")]
    public void TryParse_AnythingElse_IsRefused(string word) => EnumWords.TryParse<Severity>(word, out _).Should().BeFalse();

    [Theory]
    [InlineData("finacial-rights", "financial-rights")]
    [InlineData("FINANCIAL-RIGHTS", "financial-rights")]
    [InlineData("internal-opertaions", "internal-operations")]
    [InlineData("rights", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void Nearest_Word_IsTheOneMeant(string found, string? expected) => NearestWord.Of(found, EnumWords.All<ImpactScope>()).Should().Be(expected);

    [Fact]
    public void Nearest_VeryLongWord_IsNotCompared() => NearestWord.Of(new string('a', 65), [new string('a', 64)]).Should().BeNull();
}
