using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>What steps that reach beyond clusters and databases say of their ends: read from the source, so that a sentence without its twin is found.</summary>
public sealed class StepSentencesTests
{
    private static readonly string Steps = Path.Combine(PostgresLab.Runbooks, "..", "src", "DrOrchestrator", "Drills", "Steps");

    /// <summary>What only a plan's author reads.</summary>
    private static readonly string[] NoSentences = ["ParameterShape(", "return $\"run {", "Runs a program", "Changes the records", "$\"set {step.", "}; allowed: {problem.Allowed}", "\"not there\"",  "text/plain", "[secret ", "GeneratedRegex("];

    [Theory]
    [InlineData("CommandStep.cs")]
    [InlineData("CommandRuns.cs")]
    [InlineData("StepSecrets.cs")]
    [InlineData("Dns/DnsStep.cs")]
    [InlineData("Dns/DnsSignature.cs")]
    public void Knows_WhatTheStepSays_EverySentence(string file)
    {
        var written = (from text in WrittenSentences.In(File.ReadAllText(Path.Combine(Steps, file)))
                       where text.Filled[0].Trim().Contains(' ') && !NoSentences.Any(mark => text.Line.Contains(mark, StringComparison.Ordinal))
                       select text).ToList();

        written.Should().NotBeEmpty("this reads the source of the product");
        written.Where(text => !text.Filled.Any(Phrasebook.Knows)).Select(text => text.Filled[0]).Should().BeEmpty();
    }
}
