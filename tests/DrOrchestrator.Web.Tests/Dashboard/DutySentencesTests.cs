using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>What a run leaves to do, how that is closed, and why a word that closes it is not taken: read from the source, so that a sentence without its twin is found.</summary>
public sealed class DutySentencesTests
{
    private static readonly string Drills = Path.Combine(PostgresLab.Runbooks, "..", "src", "DrOrchestrator", "Drills");

    /// <summary>The evidence's list of fences, which no page says, and a list of roles, which no sample fits (below).</summary>
    private static readonly string[] NoSentences = [".Name} at {", "Closing a duty is for approver"];

    [Theory]
    [InlineData("Duties/DutyRules.cs")]
    [InlineData("Duties/LinkedDuties.cs")]
    [InlineData("Duties/StepDutiesLoop.cs")]
    [InlineData("Carrying/RunCloser.cs")]
    [InlineData("Duties/LeftBehind.cs")]
    public void Knows_WhatIsSaidOfDuties_EverySentence(string file)
    {
        var written = (from text in WrittenSentences.In(File.ReadAllText(Path.Combine(Drills, file)))
                       where text.Filled[0].Trim().Contains(' ') && !NoSentences.Any(mark => text.Line.Contains(mark, StringComparison.Ordinal))
                       select text).ToList();

        written.Should().NotBeEmpty("this reads the source of the product");
        written.Where(text => !text.Filled.Any(Phrasebook.Knows)).Select(text => text.Filled[0]).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Run 3 has no duty of that name; open: fence, take.")]
    [InlineData("Run 3 has left it; close it there, and it is closed here: dro drill settle 3 promote.")]
    [InlineData("Closing a duty is for approver; qian has: viewer, operator.")]
    [InlineData("Closing a duty is for approver; qian has: .")]
    public void Knows_AWordThatIsNotTaken(string text) => Phrasebook.Knows(text).Should().BeTrue();
}
