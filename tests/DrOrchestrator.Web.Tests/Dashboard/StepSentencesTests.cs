using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>What steps say of their ends, every file of them (those of PostgreSQL: <see cref="PostgresSentencesTests"/>): read from the source, so that a sentence without its twin is found.</summary>
public sealed class StepSentencesTests
{
    private static readonly string Drills = Path.Combine(PostgresLab.Runbooks, "..", "src", "DrOrchestrator", "Drills");

    /// <summary>Beside the steps: what a start is refused with because of them, and how an address of theirs is read.</summary>
    private static readonly string[] Others = [Path.Combine(Drills, "People", "ProgramRules.cs"), Path.Combine(Drills, "..", "Probes", "DnsMessage.cs")];

    /// <summary>What only a plan's author reads, what a server is told, and pieces of what is said elsewhere.</summary>
    private static readonly string[] NoSentences =
    [
        "ParameterShape(", "ParameterType.", "yield return new(", "}; allowed: {problem.Allowed}", "GeneratedRegex(", "text/plain", "[secret ", "[the endpoint's token]", "\"not there\"",
        "SELECT ", "SET TRANSACTION", "\"its folder\"", "$\"jobs in {", "$\"what is to be fenced", "m.StartsWith(", "{context.Site()}\",", "new ParameterProblem(", "Version(JsonObject seen)", "Name {", "$\"its rehearsal ", "$\"another zone, or '", "const string Allowed", "const string Examples", "const string NoWholeLine", "const string UnknownField", "const string NoSecret", "ReadOrFailAsync($",
    ];

    /// <summary>How sentences begin that do not begin small; others with a capital are descriptions of kinds.</summary>
    private static readonly string[] Capitals = ["GET ", "PUT ", "Job ", "Plan "];

    private static IEnumerable<string> Sources => Directory.EnumerateFiles(Path.Combine(Drills, "Steps"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Postgres{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Concat(Others).Select(file => Path.GetRelativePath(Drills, file)).Order(StringComparer.Ordinal);

    public static TheoryData<string> Files() => [.. Sources];

    [Theory]
    [MemberData(nameof(Files))]
    public void Knows_WhatTheStepSays_EverySentence(string file) =>
        Written(file).Where(text => !text.Filled.Any(Phrasebook.Knows)).Select(text => text.Filled[0]).Should().BeEmpty();

    [Fact]
    public void Written_OfAllFiles_IsRead() => Sources.Sum(file => Written(file).Count()).Should().BeGreaterThan(100, "this reads the source of the product");

    private static IEnumerable<(string Line, IReadOnlyList<string> Filled)> Written(string file) =>
        from text in WrittenSentences.In(WithoutPreview(File.ReadAllText(Path.Combine(Drills, file))))
        let first = text.Filled[0].Trim()
        where first.Contains(' ') && (!char.IsAsciiLetterUpper(first[0]) || Capitals.Any(first.StartsWith)) && !NoSentences.Any(mark => text.Line.Contains(mark, StringComparison.Ordinal))
        select text;

    /// <summary>What a step would do is said to a plan's author, in English.</summary>
    private static string WithoutPreview(string source) =>
        source.IndexOf("public string Describe(", StringComparison.Ordinal) is >= 0 and var at && source.IndexOf("\n    }\n\n", at, StringComparison.Ordinal) is var block && source.IndexOf(";\n\n", at, StringComparison.Ordinal) is var line
            ? source.Remove(at, new[] { block, line, source.Length }.Where(end => end > at).Min() - at)
            : source;
}
